//! As much linear algebra as it takes.

/// The lower root `L` of a symmetric positive matrix `L Lᵀ`, row by row.
#[derive(Debug)]
pub(super) struct Cholesky(Vec<Vec<f64>>);

impl Cholesky {
    /// The root of `matrix`, to whose diagonal `jitter` is added against rounding. `None` where the
    /// matrix is not positive.
    pub(super) fn new(matrix: &[Vec<f64>], jitter: f64) -> Option<Self> {
        let mut rows: Vec<Vec<f64>> = Vec::with_capacity(matrix.len());
        for (i, given) in matrix.iter().enumerate() {
            let mut row: Vec<f64> = Vec::with_capacity(i + 1);
            for (j, above) in rows.iter().enumerate() {
                let sum: f64 = row.iter().zip(above).map(|(x, y)| x * y).sum();
                row.push((given[j] - sum) / above[j]);
            }
            let rest = given[i] + jitter - row.iter().map(|x| x * x).sum::<f64>();
            if rest <= 0.0 || !rest.is_finite() {
                return None;
            }
            row.push(rest.sqrt());
            rows.push(row);
        }
        Some(Self(rows))
    }

    /// `x` of `L x = b`.
    pub(super) fn solve_lower(&self, b: &[f64]) -> Vec<f64> {
        let mut x: Vec<f64> = Vec::with_capacity(b.len());
        for (row, b) in self.0.iter().zip(b) {
            let sum: f64 = row.iter().zip(&x).map(|(l, x)| l * x).sum();
            x.push((b - sum) / row[row.len() - 1]);
        }
        x
    }

    /// `L x`.
    pub(super) fn times(&self, x: &[f64]) -> Vec<f64> {
        self.0.iter().map(|row| row.iter().zip(x).map(|(l, x)| l * x).sum()).collect()
    }

    /// The sum of the logarithms of its diagonal.
    pub(super) fn log_diagonal(&self) -> f64 {
        self.0.iter().map(|row| row[row.len() - 1].ln()).sum()
    }
}
