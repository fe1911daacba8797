"""How far a network of finite width is from its kernel, predicted without a free parameter.

The distance between a trained network and the prediction of its limit kernel has two parts:

    start      the network's own kernel at initialisation is a mean over k units, not their
               expectation: an error of order k^-1/2, random, with mean 0
    movement   the kernel moves while the network trains: of order 1/k where phi is smooth; for
               ReLU of order k^-1/2, and the same for nearly all initialisations

Reading order:

    fourth_moments   E[(phi phi)^2] and its kin, the variance of one unit's kernel
    fluctuation      how far the kernel at the start is from its limit
    response         what a small change of the kernel does to descent after T steps
    start            both together: the first part of the distance
    samples          low-discrepancy units and values at initialisation
    kinks            movement for (leaky) ReLU on the circle at large widths: a flux at the kinks
    border_units     the picture of it: units that stick to a border or are pushed away
    single_units     movement to first order: units that follow the limit's residuals
    mean_field       movement to all orders: units that follow the residuals they cause together
    weights          how far the weights move
    prediction       `predicted_distance`, start and movement for given points and widths
    planning         the width that a tolerance needs
"""
