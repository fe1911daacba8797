"""Random generators by what they are for: (root, purpose, width, seed) -> Generator.

A stream depends on nothing else, so results are the same whatever the chunks of seeds, the order
of the jobs or the number of cores.
"""

import zlib

import numpy as np


def generator(root: int, purpose: str, width: int = 0, seed: int = 0) -> np.random.Generator:
    """An independent stream for each quadruple.

    root    : the study's seed, >= 0
    purpose : what the numbers are for, such as "inputs", "noise", "init"
    width   : hidden units, where the stream belongs to a network
    seed    : number of the initialisation, where the stream belongs to a network

    The four numbers are the entropy of a NumPy SeedSequence, which mixes them well enough for
    streams of neighbouring seeds to be independent (O'Neill 2015); the purpose enters as its
    CRC-32, a fixed function of its UTF-8 bytes.
    """
    entropy = (root, zlib.crc32(purpose.encode()), width, seed)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy)))
