"""What pages cite."""

REFERENCES = {
    "belkin": (
        "M. Belkin, D. Hsu, S. Ma and S. Mandal. Reconciling modern machine-learning practice "
        "and the classical bias–variance trade-off. PNAS 116 (2019), 15849–15854. "
        "doi:10.1073/pnas.1903070116"
    ),
    "bordelon": (
        "B. Bordelon, A. Canatar and C. Pehlevan. Spectrum dependent learning curves in kernel "
        "regression and wide neural networks. ICML (2020). arXiv:2002.02561"
    ),
    "chizat": (
        "L. Chizat, E. Oyallon and F. Bach. On lazy training in differentiable programming. "
        "NeurIPS 32 (2019). arXiv:1812.07956"
    ),
    "cho": "Y. Cho and L. K. Saul. Kernel methods for deep learning. NeurIPS 22 (2009), 342–350.",
    "cristianini": (
        "N. Cristianini, J. Shawe-Taylor, A. Elisseeff and J. Kandola. On kernel-target "
        "alignment. NeurIPS 14 (2001)."
    ),
    "daniely": (
        "A. Daniely, R. Frostig and Y. Singer. Toward deeper understanding of neural "
        "networks: the power of initialization and a dual view on expressivity. NeurIPS 29 "
        "(2016). arXiv:1602.05897"
    ),
    "dyer": (
        "E. Dyer and G. Gur-Ari. Asymptotics of wide networks from Feynman diagrams. ICLR "
        "(2020). arXiv:1909.11304"
    ),
    "geiger": (
        "M. Geiger, S. Spigler, A. Jacot and M. Wyart. Disentangling feature and lazy training in "
        "deep neural networks. J. Stat. Mech. (2020), 113301. arXiv:1906.08034"
    ),
    "hastie": (
        "T. Hastie, R. Tibshirani and J. Friedman. The Elements of Statistical Learning, 2nd "
        "ed. Springer (2009). doi:10.1007/978-0-387-84858-7"
    ),
    "huang": (
        "J. Huang and H.-T. Yau. Dynamics of deep neural networks and neural tangent "
        "hierarchy. ICML (2020). arXiv:1909.08156"
    ),
    "jacot": (
        "A. Jacot, F. Gabriel and C. Hongler. Neural tangent kernel: convergence and "
        "generalization in neural networks. NeurIPS 31 (2018). arXiv:1806.07572"
    ),
    "lee": (
        "J. Lee, L. Xiao, S. S. Schoenholz, Y. Bahri, R. Novak, J. Sohl-Dickstein and J. "
        "Pennington. Wide neural networks of any depth evolve as linear models under gradient "
        "descent. NeurIPS 32 (2019). arXiv:1902.06720"
    ),
    "liu": (
        "C. Liu, L. Zhu and M. Belkin. On the linearity of large non-linear models: when and "
        "why the tangent kernel is constant. NeurIPS 33 (2020). arXiv:2010.01092"
    ),
    "neal": (
        "R. M. Neal. Bayesian Learning for Neural Networks. Lecture Notes in Statistics 118, "
        "Springer (1996). doi:10.1007/978-1-4612-0745-0"
    ),
    "radhakrishnan": (
        "A. Radhakrishnan. NTK derivation and analysis. Deep Learning Theory Summer School at "
        "Princeton (2021)."
    ),
    "science": (
        "A. Radhakrishnan, D. Beaglehole, P. Pandit and M. Belkin. Mechanism for feature learning "
        "in neural networks and backpropagation-free machine learning models. Science 383 (2024), "
        "1461–1467. doi:10.1126/science.adi5639"
    ),
    "rahimi": (
        "A. Rahimi and B. Recht. Random features for large-scale kernel machines. NeurIPS 20 "
        "(2007), 1177–1184."
    ),
    "simon": (
        "J. B. Simon, D. Karkada, N. Ghosh and M. Belkin. More is better: when infinite "
        "overparameterization is optimal and overfitting is obligatory. ICLR (2024). "
        "arXiv:2311.14646"
    ),
    "dickens": (
        "J. B. Simon, M. Dickens, D. Karkada and M. R. DeWeese. The eigenlearning framework: a "
        "conservation law perspective on kernel regression and wide neural networks. TMLR (2023). "
        "arXiv:2110.03922"
    ),
    "williams": (
        "C. E. Rasmussen and C. K. I. Williams. Gaussian Processes for Machine Learning. MIT "
        "Press (2006). doi:10.7551/mitpress/3206.001.0001"
    ),
    "schoelkopf": (
        "B. Schölkopf and A. J. Smola. Learning with Kernels. MIT Press (2002). "
        "doi:10.7551/mitpress/4175.001.0001"
    ),
    "yang": (
        "G. Yang and E. J. Hu. Tensor programs IV: feature learning in infinite-width neural "
        "networks. ICML (2021). arXiv:2011.14522"
    ),
}
"""By a short name, in the order of the authors' names."""

CITED = {
    "step1": ("hastie",),
    "step3": ("schoelkopf", "williams", "jacot", "neal"),
    "step4": ("belkin", "cho", "daniely", "neal", "rahimi", "simon"),
    "step5": ("jacot", "lee", "liu"),
    "step7": ("cho", "dyer", "huang", "jacot", "lee", "radhakrishnan"),
    "distance": ("chizat", "cho", "dyer", "huang"),
    "learning": ("bordelon", "dickens", "science"),
    "scale": ("chizat", "cristianini", "geiger", "yang"),
}
"""The references of each page, by short name."""


def cited_on(page: str) -> list[str]:
    """The references of a page, as text, in the order of the authors' names."""
    return [text for name, text in REFERENCES.items() if name in CITED.get(page, ())]
