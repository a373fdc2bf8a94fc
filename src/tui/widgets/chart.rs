//! Bars of text: one value against another as a horizontal bar, and a row of columns for a series of days.

/// A horizontal bar of `room` columns for `value` of `most`. One value above zero always shows.
pub fn bar(value: u64, most: u64, room: u16) -> String {
    if value == 0 || most == 0 {
        return String::new();
    }
    let columns = (u128::from(value) * u128::from(room)).div_ceil(u128::from(most));
    "█".repeat(usize::try_from(columns).unwrap_or(0).min(usize::from(room)))
}

/// A bar of `room` columns over twice the standard, which a `│` in its middle marks: what stands behind the mark is over
/// it, and a `›` at the end says that there is more than the bar shows.
pub fn against(value: u64, standard: u64, room: u16) -> String {
    let half = room.saturating_sub(1) / 2;
    let filled = usize::from(half);
    let before = bar(value.min(standard), standard, half);
    let over = value.saturating_sub(standard);
    let after = bar(over.min(standard), standard, half);
    let mut text = format!("{before:<filled$}│{after}");
    if over > standard {
        text.pop();
        text.push('›');
    }
    text
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

    #[test]
    fn a_bar_is_as_long_as_its_share_and_never_vanishes() {
        assert_eq!(bar(5, 10, 10).chars().count(), 5);
        assert_eq!(bar(1, 1000, 10).chars().count(), 1);
        assert_eq!(bar(0, 1000, 10), "");
        assert_eq!(bar(u64::MAX, u64::MAX, 10).chars().count(), 10);
    }

    #[test]
    fn what_is_over_the_standard_stands_behind_its_mark() {
        assert_eq!(against(0, 10, 9), "    │");
        assert_eq!(against(5, 10, 9), "██  │");
        assert_eq!(against(10, 10, 9), "████│");
        assert_eq!(against(15, 10, 9), "████│██");
        assert_eq!(against(20, 10, 9), "████│████");
        assert_eq!(against(900, 10, 9), "████│███›");
    }

    #[test]
    fn the_highest_column_is_as_high_as_the_chart_and_none_stays_empty() {
        assert_eq!(rows(&[9, 0, 16, 1], 2, 3), [" █ ", " █▁"]);
        assert_eq!(rows(&[0, 0], 1, 9), ["  "]);
    }
}
