//! Bars of text: one value against another as a horizontal bar, and a row of columns for a series of days.

/// A part of a bar: columns that are filled, or text beside them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Run {
    Filled(usize),
    Text(String),
}

/// Columns of `room` for `value` of `most`. One value above zero always shows.
fn share(value: u64, most: u64, room: u16) -> usize {
    if value == 0 || most == 0 {
        return 0;
    }
    let columns = (u128::from(value) * u128::from(room)).div_ceil(u128::from(most));
    usize::try_from(columns)
        .unwrap_or(usize::MAX)
        .min(usize::from(room))
}

/// A bar of `room` columns over twice the standard, which a `│` in its middle marks: what stands behind the mark is over
/// it, and a `›` at the end says that there is more than the bar shows.
pub fn against(value: u64, standard: u64, room: u16) -> Vec<Run> {
    let half = room.saturating_sub(1) / 2;
    let (all, whole) = (usize::from(room), usize::from(half));
    let before = share(value.min(standard), standard, half);
    let over = value.saturating_sub(standard);
    let more = over > standard;
    let after = share(over, standard, half).saturating_sub(usize::from(more));
    let rest = " ".repeat(all.saturating_sub(whole + 1 + after + usize::from(more)));
    vec![
        Run::Filled(before),
        Run::Text(format!("{}│", " ".repeat(whole - before))),
        Run::Filled(after),
        Run::Text(format!("{}{rest}", if more { "›" } else { "" })),
    ]
}

const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Columns side by side as rows of text from above, the highest as high as `height`; the newest `room` values.
pub fn rows(values: &[u32], height: u16, room: u16) -> Vec<String> {
    let values = &values[values.len().saturating_sub(usize::from(room))..];
    let most = u64::from(values.iter().copied().max().unwrap_or(0).max(1));
    let levels = u64::from(height) * 8;
    (0..u64::from(height))
        .rev()
        .map(|row| {
            values
                .iter()
                .map(|value| {
                    let filled = (u64::from(*value) * levels).div_ceil(most);
                    let part = filled.saturating_sub(row * 8).min(8);
                    EIGHTHS[usize::try_from(part).unwrap_or(8)]
                })
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(value: u64, standard: u64, room: u16) -> String {
        let runs = against(value, standard, room).into_iter();
        let run = |run| match run {
            Run::Filled(columns) => "█".repeat(columns),
            Run::Text(text) => text,
        };
        runs.map(run).collect()
    }

    #[test]
    fn a_bar_is_as_long_as_its_share_and_never_vanishes() {
        assert_eq!(share(5, 10, 10), 5);
        assert_eq!(share(1, 1000, 10), 1);
        assert_eq!(share(0, 1000, 10), 0);
        assert_eq!(share(u64::MAX, u64::MAX, 10), 10);
    }

    #[test]
    fn what_is_over_the_standard_stands_behind_its_mark() {
        assert_eq!(drawn(0, 10, 9), "    │    ");
        assert_eq!(drawn(5, 10, 9), "██  │    ");
        assert_eq!(drawn(10, 10, 9), "████│    ");
        assert_eq!(drawn(15, 10, 9), "████│██  ");
        assert_eq!(drawn(20, 10, 9), "████│████");
        assert_eq!(drawn(900, 10, 9), "████│███›");
        assert_eq!(drawn(900, 10, 10), "████│███› ");
    }

    #[test]
    fn the_highest_column_is_as_high_as_the_chart_and_none_stays_empty() {
        assert_eq!(rows(&[9, 0, 16, 1], 2, 3), [" █ ", " █▁"]);
        assert_eq!(rows(&[0, 0], 1, 9), ["  "]);
    }
}
