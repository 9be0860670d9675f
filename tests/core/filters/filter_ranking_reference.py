"""The numbers of FilterRankingTest.cxx, by numpy, on the maps and weights of merge_error_reference.py: which filters leave one
by one if the one is taken whose best rebuilding from all that are left (least squares with a ridge, and a constant) changes the
next layer least, every regression solved anew; and the coefficients of one filter on another.

  python3 filter_ranking_reference.py
"""
import numpy

from merge_error_reference import maps, weights


def ranking(count):
    y = numpy.vstack([maps(), numpy.ones(40)])
    gram = y @ y.T
    ridge = 1e-6 * numpy.trace(gram) / 7
    w = weights().transpose(1, 0, 2).reshape(6, -1).copy()
    energy = numpy.sum(gram[:6, :6] * (w @ w.T))
    left = list(range(6))
    total = 0.0
    for _ in range(count):
        best = None
        for d in left:
            others = [i for i in left if i != d] + [6]
            solved = numpy.linalg.solve(gram[numpy.ix_(others, others)] + ridge * numpy.eye(len(others)), gram[others, d])
            # With a ridge, 1 / P_dd - ridge is this and not the residual alone.
            residual = gram[d, d] - gram[d, others] @ solved
            loss = residual * numpy.sum(w[d] ** 2)
            if best is None or loss < best[0]:
                best = (loss, d, others, solved)
        loss, d, others, solved = best
        for other, coefficient in zip(others, solved):
            if other < 6:
                w[other] += coefficient * w[d]
        left.remove(d)
        total += loss / energy
        print(d, f"{numpy.sqrt(loss / energy):.10f} {numpy.sqrt(total):.10f}")


if __name__ == "__main__":
    ranking(4)
    a = maps()
    s, t = numpy.polyfit(a[1], a[5], 1)
    print(f"5 by 1: {s:.12f} {t:.12f}")
    print(numpy.corrcoef(a)[5].round(4))
