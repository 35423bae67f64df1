//! Tables: what trials and analyses give, one row per trial, neuron or bin.
//!
//! Columns have names that carry the unit (`start_ms`, `overlap_hz`). A table is printed as CSV here, and stored in
//! a recording as one dataset per column.

use indexmap::IndexMap;
use std::mem::discriminant;

/// Named columns of equal length, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    columns: IndexMap<String, Column>,
}

/// The values of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Numbers; NaN where there is none.
    Real(Vec<f64>),
    /// Whole numbers; for a pattern, which are numbered from 1, 0 where there is none.
    Whole(Vec<u64>),
    /// Whether something holds.
    Flag(Vec<bool>),
    /// Words; empty where there is none.
    Text(Vec<String>),
}

/// A real column of a table of `T`s: its name, and where one has its value.
pub(crate) type Real<T> = (&'static str, fn(&mut T) -> &mut f64);

impl Column {
    /// Number of values.
    pub fn len(&self) -> usize {
        match self {
            Self::Real(values) => values.len(),
            Self::Whole(values) => values.len(),
            Self::Flag(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    /// Whether it has no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values as numbers: a flag is 0 or 1; none of words.
    pub(crate) fn numbers(&self) -> Option<Vec<f64>> {
        Some(match self {
            Self::Real(values) => values.clone(),
            Self::Whole(values) => values.iter().map(|&v| v as f64).collect(),
            Self::Flag(values) => values.iter().map(|&v| f64::from(u8::from(v))).collect(),
            Self::Text(_) => return None,
        })
    }

    /// `rows` values of the same kind that are missing: NaN, 0, false, empty.
    fn missing(&self, rows: usize) -> Self {
        match self {
            Self::Real(_) => Self::Real(vec![f64::NAN; rows]),
            Self::Whole(_) => Self::Whole(vec![0; rows]),
            Self::Flag(_) => Self::Flag(vec![false; rows]),
            Self::Text(_) => Self::Text(vec![String::new(); rows]),
        }
    }

    /// Puts the values of `other` behind.
    pub(crate) fn append(&mut self, other: &Self) {
        match (self, other) {
            (Self::Real(values), Self::Real(more)) => values.extend_from_slice(more),
            (Self::Whole(values), Self::Whole(more)) => values.extend_from_slice(more),
            (Self::Flag(values), Self::Flag(more)) => values.extend_from_slice(more),
            (Self::Text(values), Self::Text(more)) => values.extend_from_slice(more),
            _ => panic!("a column of two kinds"),
        }
    }

    /// Values `from` to before `to`.
    pub(crate) fn slice(&self, from: usize, to: usize) -> Self {
        match self {
            Self::Real(values) => Self::Real(values[from..to].to_vec()),
            Self::Whole(values) => Self::Whole(values[from..to].to_vec()),
            Self::Flag(values) => Self::Flag(values[from..to].to_vec()),
            Self::Text(values) => Self::Text(values[from..to].to_vec()),
        }
    }

    /// Value `k` in a sentence.
    fn shown(&self, k: usize) -> String {
        match self {
            Self::Real(values) => format!("{:?}", values[k]),
            _ => self.cell(k),
        }
    }

    /// The first value that is not that of `other`, a column of the same kind and length, bit for bit.
    pub(crate) fn differs(&self, other: &Self) -> Option<usize> {
        fn first<T>(one: &[T], other: &[T], same: impl Fn(&T, &T) -> bool) -> Option<usize> {
            one.iter().zip(other).position(|(one, other)| !same(one, other))
        }
        match (self, other) {
            (Self::Real(one), Self::Real(other)) => {
                first(one, other, |x, y| x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan()))
            }
            (Self::Whole(one), Self::Whole(other)) => first(one, other, u64::eq),
            (Self::Flag(one), Self::Flag(other)) => first(one, other, bool::eq),
            (Self::Text(one), Self::Text(other)) => first(one, other, String::eq),
            _ => Some(0),
        }
    }

    /// Value `k` as it stands in CSV: a flag is 0 or 1, and NaN is empty.
    pub(crate) fn cell(&self, k: usize) -> String {
        match self {
            Self::Real(values) if values[k].is_nan() => String::new(),
            // Rust prints the shortest decimal that reads back as the same f64.
            Self::Real(values) => values[k].to_string(),
            Self::Whole(values) => values[k].to_string(),
            Self::Flag(values) => u8::from(values[k]).to_string(),
            Self::Text(values) => quoted(&values[k]),
        }
    }
}

/// RFC 4180: a cell with a comma, a quote or a line break is quoted.
pub(crate) fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

impl Table {
    /// The same table with a further column.
    ///
    /// # Panics
    /// If the column is of another length than the others, or its name is taken.
    pub(crate) fn with(mut self, name: impl Into<String>, column: Column) -> Self {
        let name = name.into();
        assert!(self.columns.is_empty() || column.len() == self.rows(), "length of {name}");
        let before = self.columns.insert(name.clone(), column);
        assert!(before.is_none(), "the column {name} stands there twice");
        self
    }

    pub(crate) fn real(self, name: impl Into<String>, values: Vec<f64>) -> Self {
        self.with(name, Column::Real(values))
    }

    pub(crate) fn whole(self, name: impl Into<String>, values: Vec<u64>) -> Self {
        self.with(name, Column::Whole(values))
    }

    pub(crate) fn flag(self, name: impl Into<String>, values: Vec<bool>) -> Self {
        self.with(name, Column::Flag(values))
    }

    pub(crate) fn text(self, name: impl Into<String>, values: Vec<String>) -> Self {
        self.with(name, Column::Text(values))
    }

    /// The same table with real columns that a row of `rows` each has: their names, which begin with `prefix`, and where
    /// a row has their values.
    pub(crate) fn reals<T>(self, prefix: &str, columns: &[Real<T>], rows: &mut [T]) -> Self {
        columns.iter().fold(self, |table, (name, value)| {
            let values = rows.iter_mut().map(|row| *value(row)).collect();
            table.real(format!("{prefix}{name}"), values)
        })
    }

    /// Puts the values of such columns in row `k` into `row`; `None` if a column is missing.
    pub(crate) fn fill<T>(
        &self,
        prefix: &str,
        columns: &[Real<T>],
        k: usize,
        row: &mut T,
    ) -> Option<()> {
        columns.iter().try_for_each(|(name, value)| {
            let Column::Real(values) = self.column(&format!("{prefix}{name}"))? else {
                return None;
            };
            *value(row) = values[k];
            Some(())
        })
    }

    /// Row `k` of a column of whole numbers.
    pub(crate) fn whole_at(&self, name: &str, k: usize) -> Option<u64> {
        match self.column(name)? {
            Column::Whole(values) => Some(values[k]),
            _ => None,
        }
    }

    /// The columns of both, those of `other` last.
    pub fn beside(self, other: Self) -> Self {
        other.columns.into_iter().fold(self, |table, (name, column)| table.with(name, column))
    }

    /// The first `rows` rows.
    pub(crate) fn head(&self, rows: usize) -> Self {
        self.slice(0, rows)
    }

    /// Rows `from` to before `to`.
    pub(crate) fn slice(&self, from: usize, to: usize) -> Self {
        let slice = |(name, column): (&String, &Column)| (name.clone(), column.slice(from, to));
        Self { columns: self.columns.iter().map(slice).collect() }
    }

    /// Only the columns of these names, where there are some.
    pub fn only(mut self, names: &[String]) -> Self {
        self.columns.retain(|name, _| names.contains(name));
        self
    }

    /// All tables, one below another, with the columns of any of them: of a table that lacks one its values are missing.
    ///
    /// # Panics
    /// If columns of one name are of different kinds.
    pub fn stacked<'a>(tables: impl Iterator<Item = &'a Self> + Clone) -> Self {
        let mut columns: IndexMap<String, Column> = IndexMap::new();
        for (name, column) in tables.clone().flat_map(|table| &table.columns) {
            if !columns.contains_key(name) {
                columns.insert(name.clone(), column.missing(0));
            }
        }
        for table in tables {
            for (name, column) in &mut columns {
                match table.columns.get(name) {
                    Some(values) => column.append(values),
                    None => column.append(&column.missing(table.rows())),
                }
            }
        }
        Self { columns }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.len())
    }

    /// The columns by name, in order.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &Column)> {
        self.columns.iter().map(|(name, column)| (name.as_str(), column))
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.get(name)
    }

    /// How it differs from what is `drawn` once more, bit for bit; it has `rows` such as "trial".
    pub(crate) fn differs(&self, drawn: &Self, rows: &str) -> Option<String> {
        if !self.columns.keys().eq(drawn.columns.keys()) {
            return Some("they have other columns".to_owned());
        }
        if self.rows() != drawn.rows() {
            let (told, drawn) = (self.rows(), drawn.rows());
            return Some(format!("they have {told} {rows}s, and the model draws {drawn}"));
        }
        let number = |k: usize| drawn.whole_at(rows, k).unwrap_or(k as u64 + 1);
        self.columns.iter().zip(drawn.columns.values()).find_map(|((name, told), drawn)| {
            if discriminant(told) != discriminant(drawn) {
                return Some(format!("{name} holds values of another kind"));
            }
            let k = told.differs(drawn)?;
            let (told, cell) = (told.shown(k), drawn.shown(k));
            Some(format!("{name} of {rows} {} is {told}, and the model draws {cell}", number(k)))
        })
    }

    /// The table as CSV, with a line of names.
    pub fn to_csv(&self) -> String {
        let names: Vec<String> = self.columns.keys().map(|name| quoted(name)).collect();
        let mut text = names.join(",") + "\n";
        for k in 0..self.rows() {
            let cells: Vec<String> = self.columns.values().map(|c| c.cell(k)).collect();
            text += &cells.join(",");
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_has_a_line_of_names_and_empty_cells_for_what_is_missing() {
        let table = Table::default()
            .whole("trial", vec![1, 2])
            .real("overlap_hz", vec![0.1, f64::NAN])
            .flag("match", vec![true, false])
            .text("why", vec![String::new(), "lost, or \"gone\"".to_owned()]);
        let text = "trial,overlap_hz,match,why\n1,0.1,1,\n2,,0,\"lost, or \"\"gone\"\"\"\n";
        assert_eq!(table.to_csv(), text);
        assert_eq!(
            table.head(1).to_csv(),
            text.lines().take(2).collect::<Vec<_>>().join("\n") + "\n"
        );
        assert_eq!(table.rows(), 2);
    }

    #[test]
    fn tables_are_stacked_with_the_columns_of_any() {
        let a = Table::default().whole("n", vec![1]).real("x", vec![0.5]);
        let b = Table::default().text("why", vec!["lost".to_owned(); 2]).whole("n", vec![2, 3]);
        let all = Table::stacked([&a, &b].into_iter());
        assert_eq!(all.to_csv(), "n,x,why\n1,0.5,\n2,,lost\n3,,lost\n");
        assert_eq!(
            all.slice(1, 3).only(&["why".to_owned(), "n".to_owned()]).to_csv(),
            "n,why\n2,lost\n3,lost\n"
        );
    }
}
