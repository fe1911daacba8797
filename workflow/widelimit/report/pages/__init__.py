"""Pages: text, formulas, figures and their numbers in one self-contained HTML file each.

They are made of what the jobs before have left: no page loads a figure's module or draws.
"""
