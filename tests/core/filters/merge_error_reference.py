"""The numbers of MergeErrorTest.cxx, by numpy: maps of 6 filters over 40 samples, two of them nearly alike, and weights of 3
filters of the next layer with windows of 2 x 2. Regression on all filters that are kept and a constant, by least squares.

  python3 merge_error_reference.py
"""
import numpy


def maps():
    k = numpy.arange(40)
    rows = [numpy.sin(0.7 * (i + 1) * k + i) + 0.5 * i for i in range(5)]
    rows.append(2.0 * rows[1] - 0.3 + 0.1 * numpy.cos(3.1 * k))
    return numpy.maximum(numpy.array(rows), 0.0)


def weights():
    i, c, p = numpy.meshgrid(numpy.arange(3), numpy.arange(6), numpy.arange(4), indexing="ij")
    return numpy.cos(1.3 * i + 0.9 * c + 0.4 * p)


def predicted(dropped):
    y = numpy.vstack([maps(), numpy.ones(40)])
    outgoing = numpy.einsum("icp,idp->cd", weights(), weights())
    kept = [i for i in range(7) if i not in dropped]
    ridge = 1e-6 * numpy.trace(y @ y.T) / 7
    solved = numpy.linalg.solve(y[kept] @ y[kept].T + ridge * numpy.eye(len(kept)), y[kept] @ y[dropped].T)
    residual = y[dropped] - solved.T @ y[kept]
    lost = numpy.sum((residual @ residual.T) * outgoing[numpy.ix_(dropped, dropped)])
    return numpy.sqrt(lost / numpy.sum((y[:6] @ y[:6].T) * outgoing))


if __name__ == "__main__":
    for dropped in ([5], [0], [2, 5], [1, 3, 4]):
        print(dropped, f"{predicted(dropped):.12f}")
