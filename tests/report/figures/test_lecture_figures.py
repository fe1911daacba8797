"""The figure of the lecture's double descent."""

from figure_checks import check_figure

from widelimit.measure.lecture import measure
from widelimit.report.figures import lecture_descent


def test_the_figure_is_readable_and_quotes_both():
    table = lecture_descent.summarise(measure(root=0, seeds=3)["descent"])
    check_figure(lecture_descent, table)
    finding = lecture_descent.finding(table)
    assert finding.count("0.26786 (published: 0.26786)") == 1
    assert finding.count("0.843288 (published: 0.843288)") == 1
