"use strict";
// Tables stand in the page gzipped. Where the browser can unpack them, a click saves plain CSV;
// elsewhere, and without this script, the link saves the gzipped file.

if ("DecompressionStream" in window) {
  for (const link of document.querySelectorAll('a[download$=".csv.gz"]')) {
    link.addEventListener("click", async (event) => {
      event.preventDefault();
      const packed = Uint8Array.from(atob(link.href.split(",")[1]), (c) => c.charCodeAt(0));
      const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
      const csv = new Blob([await new Response(stream).arrayBuffer()], { type: "text/csv" });
      const save = document.createElement("a");
      save.href = URL.createObjectURL(csv);
      save.download = link.download.replace(/\.gz$/, "");
      save.click();
      URL.revokeObjectURL(save.href);
    });
  }
}
