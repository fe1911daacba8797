"""What each metric is.

Kept apart from the table schemas, which every computing rule reads, so that a new meaning reruns
nothing.
"""

_KERNELS = {
    "ntk": "NTK",
    "nngp": "NNGP kernel",
    "gaussian": "Gaussian kernel",
    "laplace": "Laplace kernel",
}

METRIC_MEANINGS = {
    "train_loss": "1/2 sum of squared residuals over the training points",
    "train_loss_ntk": "the same, predicted in closed form from the limit NTK and the network's f_0",
    "train_loss_vs_ntk": "train_loss / train_loss_ntk",
    "train_loss_empirical_ntk": "the same, from the empirical NTK at initialisation",
    "test_rmse": "root mean square of network - target over the test points",
    "test_rmse_ntk": "the same for NTK regression at that step",
    "test_rmse_nngp": "the same for NNGP regression at that step",
    "test_rmse_ntk_corrected": "the same for the NTK prediction corrected for the network's f_0",
    "test_rmse_gaussian": "the same for regression with the Gaussian kernel, where asked for",
    "test_rmse_laplace": "the same for regression with the Laplace kernel, where asked for",
    "test_accuracy": "share of test points whose largest output is that of their class; one-hot"
    " targets only",
    "test_accuracy_ntk": "the same for NTK regression at that step",
    "test_accuracy_nngp": "the same for NNGP regression at that step",
    "test_accuracy_ntk_corrected": "the same for the corrected NTK prediction",
    "test_accuracy_gaussian": "the same for regression with the Gaussian kernel",
    "test_accuracy_laplace": "the same for regression with the Laplace kernel",
    "test_error_vs_ntk": "share of test points that networks of a width classify wrong, mean over"
    " seeds, - that of their corrected NTK predictions at the same step; one-hot targets only",
    "test_error_vs_ntk_error": "standard error of it over test points, paired",
    "test_error_vs_regression": "the same share - that of NTK regression on the same points, with"
    " infinitely many steps",
    "test_error_vs_regression_error": "standard error of it over test points, paired",
    # Kernels on classes, ridge and scale chosen by validation.
    **{
        f"test_error_{kernel}{end}": f"{meaning}; {named}"
        for end, meaning in {
            "": "share of test points classified wrong, ridge and scale chosen by validation",
            "_error": "standard error of that share over test points",
            "_vs_guess": "that share - test_error_guess",
            "_vs_guess_error": "standard error of this difference over test points, paired",
            "_vs_linear": "that share - test_error_linear; images only",
            "_vs_linear_error": "standard error of this difference over test points, paired",
        }.items()
        for kernel, named in _KERNELS.items()
    },
    "test_error_linear": "the same share; kernel 1 + x.z, that is linear regression",
    "test_error_linear_error": "standard error of it over test points",
    "test_error_guess": "share of test points classified wrong by naming the most frequent class of"
    " the training points",
    "test_error_ntk_vs_published": "test_error_ntk - what a lecture published for this setting",
    "test_error_ntk_vs_published_error": "standard error of test_error_ntk over test points",
    "rmse_network_vs_ntk": "network - corrected NTK prediction at the same step",
    "rmse_network_vs_ntk_uncorrected": "network - NTK prediction from f_0 = 0 at the same step",
    "rmse_network_vs_empirical_ntk": "network - corrected prediction of its own NTK at step 0: the"
    " movement of the kernel",
    "distance_start": "prediction of its own NTK at step 0 - that of the limit NTK, both corrected:"
    " the error of the kernel at the start",
    "predicted_distance_start": "root mean square of distance_start over initialisations and test"
    " points, as the theory of finite width predicts it",
    "predicted_distance_movement": "root mean square over test points of the mean over"
    " initialisations of network - own-kernel prediction, as that theory predicts it",
    "predicted_distance_movement_error": "standard error of that prediction, of its sampling of f_0"
    " and units alone: root mean square over test points",
    "predicted_ntk_drift": "ntk_drift, as that theory predicts it",
    "predicted_weight_movement": "root mean square of weight_movement over initialisations, as the"
    " residuals of the limit predict it",
    "start_over_predicted": "distance_start, root mean square over seeds, / its prediction",
    "start_over_predicted_error": "standard error of it over seeds",
    "start_predicted_correlation": "correlation over test points of the root mean square over seeds"
    " of own-kernel - NTK prediction with what is predicted of it",
    "movement_over_predicted": "mean over seeds of network - own-kernel prediction, root mean"
    " square over test points, less what chance leaves of it, / predicted_distance_movement",
    "movement_over_predicted_error": "standard error of it, by the jackknife over seeds",
    "movement_along_predicted": "d.g / g.g over test points, d = network - own-kernel prediction"
    " and g what is predicted of its mean, g.g less what sampling adds: 1 where theory is right",
    "movement_predicted_correlation": "correlation over test points of the mean over seeds of"
    " network - own-kernel prediction with what is predicted of it",
    "predicted_change": "root mean square over test points of what training changes in the limit,"
    " from an output of 0 on: what distances are small against",
    "crossover_width": "width from which the predicted movement is of its final order, k^(-1/2)",
    "progress_vs_ntk": "(f - f_0).(g - f_0) / |g - f_0|^2 over test points, f the network, g its"
    " corrected NTK prediction: how far it has come along the predicted way",
    "rmse_network_vs_regression": "network at the last step - f_0(x) - K(x, X) K^+ (y - f_0(X)),"
    " kernel regression with the limit NTK corrected for f_0",
    "rmse_last_layer_vs_nngp": "last layer trained alone from A = 0 - NNGP, same step",
    "ensemble_mean_rmse_vs_ntk": "mean over seeds of the networks - theory's mean",
    "ensemble_std_ratio": "standard deviation over seeds, root mean square over the test"
    " points, divided by the theory's",
    "ensemble_std_ntk": "theory's standard deviation over initialisations, root mean square over"
    " the test points",
    "ensemble_distance_squared": "mean over seeds and test points of (network - theory's mean)^2",
    "ensemble_bias_squared": "the part of it that is (mean over seeds - theory's mean)^2",
    "ensemble_variance": "the part of it that is the variance over seeds; the two add up",
    "ensemble_bias_paired": "mean over seeds of (network - its own corrected NTK prediction), root"
    " mean square over the test points, less what chance leaves of it",
    "ensemble_bias_paired_error": "standard error of it, by the jackknife over seeds",
    "ntk_deviation": "|empirical - limit NTK| / |limit NTK|, training points, step 0, Frobenius",
    "ntk_deviation_expected": "its root mean square over initialisations, exactly",
    "ntk_drift": "|empirical NTK at the last step - at step 0| / |at step 0|, Frobenius",
    "ensemble_ntk_drift": "norm of the mean over seeds of that relative change, less what chance"
    " leaves of it: the drift that all seeds share",
    "ensemble_ntk_drift_error": "standard error of it, by the jackknife over seeds",
    "weight_movement": "|w_T - w_0| / |w_0| over all weights",
    "kernel_target_alignment": "y.K y / (|K| |y|^2) of a network's own NTK K at the first and the"
    " last step, Frobenius",
    "rmse_network_vs_next_width": "network - the network of the same number at the next greater"
    " width and the same g, last step",
    "drift_over_widest": "ensemble_ntk_drift / that at the greatest width and the same g",
    "drift_over_widest_error": "standard error of it, to first order in those of both",
    "crossover_scale": "output scale alpha at which a network's ntk_drift falls to 1 from above,"
    " on a straight line in logarithms between neighbours",
    "lambda_max_ntk": "largest eigenvalue of the limit NTK on the training points",
    "lambda_min_ntk": "smallest eigenvalue of it",
    "condition_number_ntk": "lambda_max / lambda_min of it",
    "rank_ntk": "its rank",
    "lambda_max_nngp": "largest eigenvalue of the NNGP kernel on the training points",
    "lambda_min_nngp": "smallest eigenvalue of it",
    "condition_number_nngp": "lambda_max / lambda_min of it",
    "rank_nngp": "its rank",
    "least_loss_ntk": "the training loss that no function in the range of its Gram matrix falls"
    " below: 1/2 sum of squares of what the targets have outside that range",
    "learning_rate_bound": "2 / lambda_max of the limit NTK: gradient descent diverges beyond",
    # Step 4. phi^ is the dual activation without the factor c, xi in [-1, 1].
    "dual_closed_form_error": "largest |phi^ in closed form - E[phi(u) phi(v)] by quadrature|",
    "dual_derivative_error": "largest |its derivative, closed form - E[phi'(u) phi'(v)]|",
    "dual_commutation_error": "largest |numerical derivative of phi^ - E[phi'(u) phi'(v)]|,"
    " |xi| <= 0.9",
    "dual_range": "largest |phi^| / phi^(1)",
    "dual_least_slope": "smallest difference quotient of phi^ on [0, 1]",
    "dual_least_curvature": "smallest second difference quotient of phi^ on [0, 1]",
    "dual_smoothness_ratio": "largest |Chebyshev coefficient of phi^ on [-0.9, 0.9]| / its bound"
    " for power series that converge at 1",
    "dual_truncation_error": "largest |phi^ - its Hermite series up to degree 30|",
    "dual_truncation_gap": "largest |truncation error - sum of the squared coefficients left out|"
    " over degrees up to 30",
    "dual_monte_carlo_error": "root mean square over xi of average over width pairs - phi^",
    "nngp_deviation": "|kernel of width random features - NNGP| / |NNGP|, training points,"
    " Frobenius",
    "nngp_deviation_expected": "its root mean square over the draws, exactly",
    "fourier_deviation": "the same for random Fourier features and the Gaussian kernel",
    "fourier_deviation_expected": "its root mean square over the draws, exactly",
    "hermite_orthonormality": "largest |E[h_m(g) h_n(g)] - (1 if m = n else 0)|, g standard normal,"
    " m and n up to 10, by quadrature",
    "last_layer_vs_kernel": "largest |last layer trained from A = 0 - closed form with its own"
    " finite-width kernel|, same step, training and test points",
    "last_layer_to_limit": "last layer trained from A = 0 - its own limit of infinitely many steps",
    "last_layer_limit_vs_kernel": "largest |least squares of minimum norm in the weights - kernel"
    " regression with the finite-width kernel|, training and test points",
    "last_layer_limit_vs_rounding": "the same / (condition number of the kernel x 2.2e-16)",
    "last_layer_condition_number": "condition number of the finite-width kernel",
    **{
        f"{name}_{metric}": meaning + of
        for name, of in {
            "last_layer": ", network features",
            "fourier": ", random Fourier features",
        }.items()
        for metric, meaning in {
            "train_rmse": "ridgeless least squares on width features: fit - noisy target",
            "test_rmse": "the same fit - target without noise, test points",
            "rank": "rank of the features on the training points",
            "limit_test_rmse": "test error of kernel regression with the limit kernel",
            "zero_test_rmse": "test error of predicting 0",
            "interpolation_ratio": "smallest width / n from which on the median training error is"
            " 0 (below 1e-6 of that of predicting 0)",
            "peak_ratio": "width / n of the largest median test error",
            "peak_test_rmse": "median test error there",
            "critical_first_ratio": "first width / n around the peak worse than predicting 0",
            "critical_last_ratio": "last width / n around the peak worse than predicting 0",
            "classical_ratio": "width / n of the least median test error before interpolation",
            "classical_test_rmse": "median test error there",
            "widest_test_rmse": "median test error at the largest width",
            "peak_to_classical": "peak_test_rmse / classical_test_rmse",
            "peak_to_widest": "peak_test_rmse / widest_test_rmse",
            "widest_to_limit": "test error at the largest width / limit_test_rmse",
            "mean_test_rmse": "root mean square over fresh data sets of the test error; without"
            " width, of the limit kernel's",
            "mean_test_rmse_theory": "the same, predicted by the eigenframework",
            "theory_deviation": "largest |mean_test_rmse / mean_test_rmse_theory - 1| over widths"
            " with |k/n - 1| > 0.2 and the limit, each with twice its standard error on top",
            "share_of_smaller_errors": "share of fresh data sets on which the limit kernel's test"
            " error is smaller than on the one shown",
        }.items()
    },
    "last_layer_circle_train_rmse": "as last_layer_train_rmse, inputs on the circle instead",
    "last_layer_circle_rank": "as last_layer_rank, on the circle",
    "last_layer_circle_interpolation_ratio": "as last_layer_interpolation_ratio, on the circle",
    # Learning curves: kernel regression on n points, uniform on a sphere.
    "learnability_sum_error": "largest |sum over degrees of multiplicity x learnability, with what"
    " lies beyond the spectrum, / n - 1| over kernels, dimensions and n",
    **{
        f"learning_theory_deviation{end}_{kernel}": "largest |root mean square test error over"
        f" draws / theory - 1| over degrees and n >= 8 in the {which} dimension, each with twice"
        f" its standard error on top; {named}"
        for end, which in {"": "largest", "_least_dimension": "smallest"}.items()
        for kernel, named in _KERNELS.items()
    },
    # Networks on a target of one direction, at the most points; rich: the smallest g, lazy: the
    # largest.
    **{
        f"direction_{metric}_{name}": f"{meaning}; {which} g"
        for name, which in {"rich": "smallest", "lazy": "largest"}.items()
        for metric, meaning in {
            "to_kernel": "test error / that of NTK regression on the same points",
            "overlap": "|cosine| between the direction and the first eigenvector of B'B",
            "correlation": "cosine between B'B and the mean of grad F grad F', both less their"
            " multiple of the identity",
        }.items()
    },
    # Step 1. w_T: gradient descent from 0, step by step, with half the largest stable learning
    # rate unless another is named; the worst of random data sets.
    "linear_threshold_lower": "smallest eta sigma_1^2 at which the steps of gradient descent"
    " shrink, found by bisection; of all spectra the one farthest from 0",
    "linear_threshold_upper": "largest such eta sigma_1^2; the one farthest from 2",
    "linear_growth_below": "|w_T - X^+ y| after 200 steps / after 100, at 0.99 of the threshold;"
    " largest over spectra",
    "linear_growth_above": "the same at 1.01 of the threshold; smallest over spectra",
    "linear_descent_vs_closed_form": "largest |w_T - closed form| / |X^+ y| over steps, regimes"
    " and starts",
    "linear_outside_span": "n < d and rank < d: largest |component of w_T outside the span of the"
    " points| / |X^+ y| over steps",
    "linear_outside_span_change": "the same from a random start: largest change of this component",
    "linear_elsewhere_distance": "the same: smallest |w_T - X^+ y| / |X^+ y| at the last step",
    **{
        f"linear_{metric}_{regime}": meaning + of
        for regime, of in {
            "overdetermined": ", n > d",
            "square": ", n = d",
            "underdetermined": ", n < d",
            "deficient": ", n = d and rank d / 2",
        }.items()
        for metric, meaning in {
            "solution_error": "|w_T - the regime's own closed form| / its norm at the last step",
            "loss": "training loss at the last step / that of w = 0",
            "loss_error": "|training loss - what it must be| / loss of w = 0 at the last step",
        }.items()
    },
    # Step 2. psi: polynomial features; w = psi(X)^+ y; f: kernel regression on step 3's samples.
    "polynomial_gram_error": "largest |psi(x).psi(z) - (1 + x.z)^p| / 2^p over random points",
    "polynomial_kernel_vs_features": "largest |kernel regression - w.psi(x)| / largest |y| over"
    " random data and degrees",
    "representer_error": "largest |w - sum_i alpha_i psi(x_i)| / |w|, alpha = K^+ y",
    "kernel_norm_error": "largest |y.K^+ y - |w|^2| / |w|^2",
    "minimum_norm_ratio": "smallest |other weights that fit as well| / |w|",
    "minimum_norm_pythagoras": "largest ||v|^2 - |w|^2 - |v - w|^2| / |v|^2 over such weights v",
    **{
        f"psd_least_{kernel}": f"smallest eigenvalue / largest of the Gram matrix, {of}; least over"
        " random data"
        for kernel, of in {
            "linear": "linear kernel",
            "polynomial": "polynomial kernel of degree 3",
            "gaussian": "Gaussian kernel",
            "laplace": "Laplace kernel",
            "nngp": "NNGP kernel of the activation",
            "ntk": "NTK of the activation",
            "indicator": "1 where |x - z| < 1 and 0 elsewhere, which is no kernel",
        }.items()
    },
    "kernel_descent_vs_closed_form": "largest |f_T step by step - in closed form| / largest |y|"
    " over kernels, steps and the test grid",
    **{
        f"kernel_descent_distance_{kernel}": f"root mean square of f_T - f over the test grid, f_T"
        f" gradient descent with the {of} in closed form, eta = 1 / lambda_max"
        for kernel, of in {
            "linear": "linear kernel",
            "gaussian": "Gaussian kernel",
            "laplace": "Laplace kernel",
            "nngp": "NNGP kernel",
            "ntk": "NTK",
        }.items()
    },
    "kernel_interpolation_error": "largest |f(X) - y| / |y| of kernel regression on step 3's"
    " samples, over the kernels of full rank",
    "kernel_fit_vs_nearest": "largest |f(X) - the nearest point to y in the range of K| / |y|, over"
    " all of them",
    "kernel_descent_left": "|f_T - f| / |f| over the test grid after 30 lambda_max /"
    " (smallest eigenvalue that does not count as 0) such steps, closed form; largest over kernels",
    "example_ntk_difference": "step 5: largest difference between the Gram matrix of the worked"
    " example, added up weight by weight, and the empirical NTK",
    "network_growth_below": "residuals along the first eigenvector of a network's own NTK at the"
    " start: size after 10 steps / after 5, trained with 0.95 of 2 / lambda_max of this kernel",
    "network_growth_above": "the same with 1.05 of it",
    "hessian_norm_bounded": "spectral norm of the Hessian of f(x) in all weights, at one input and"
    " at initialisation, weights uniform on [-sqrt(3), sqrt(3)]",
    "hessian_norm_gaussian": "the same, weights standard normal",
    "hessian_norm_gaussian_median": "its exact median, from theory",
    "hessian_median_ratio": "hessian_norm_gaussian / its exact median",
    "ntk_at_input_bounded": "K(x, x) of the same networks at the same input, bounded weights",
    "ntk_at_input_gaussian": "the same, weights standard normal",
    "readout_max": "largest |a_j| of k standard normal readout weights",
    "readout_max_median": "its exact median, from theory",
    "rmse_linearised_vs_empirical_ntk": "network linearised at initialisation, trained in its"
    " parameters - corrected prediction of its empirical NTK at the same step",
    "rmse_network_vs_empirical_ntk_uncorrected": "network - prediction of its own NTK at step 0,"
    " from f_0 = 0",
    "rmse_network_vs_empirical_ntk_flow": "network - corrected prediction of its own NTK at step"
    " 0, for gradient flow",
    "rmse_ignoring_f0": "prediction of the network's own NTK with f_0 - without it",
    "rmse_ignoring_f0_train": "the same over the training points",
    "rmse_ignoring_f0_ensemble": "root mean square over seeds of rmse_ignoring_f0",
    "rmse_ignoring_f0_train_ensemble": "root mean square over seeds of rmse_ignoring_f0_train",
    "rmse_ignoring_f0_limit": "the same at infinite width, test points: standard deviation of the"
    " ensemble, root mean square over points",
    "rmse_ignoring_f0_train_limit": "the same over the training points",
    "ntk_outputs_same": "several outputs: |blocks of one output - K| / |K x identity|, empirical"
    " NTK at initialisation, training points, Frobenius",
    "ntk_outputs_cross": "the same of the blocks of two different outputs, which K has as 0",
    "ntk_outputs_same_expected": "root mean square of ntk_outputs_same over initialisations,"
    " exactly",
    "ntk_outputs_cross_expected": "the same of ntk_outputs_cross",
    "rmse_outputs_vs_ntk": "network of several outputs - corrected prediction of one NTK for all,"
    " root mean square over points and outputs",
    "descent_vs_flow_max": "largest root mean square difference over steps between predictions for"
    " gradient descent and flow, at the smallest relative learning rate of step5",
    "descent_vs_flow_order": "power of the learning rate with which it grows, to the next one",
}
"""What each metric of metrics.parquet is; a distance is a root mean square over test points."""
