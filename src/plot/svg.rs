//! A backend that writes SVG: text as outlines, and consecutive shapes of one style as one path.

use super::font::TextStyle;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};
use std::convert::Infallible;
use std::fmt::Write;

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

/// An SVG image that is being drawn.
pub struct Svg {
    size: (u32, u32),
    /// The paths so far.
    body: String,
    /// Style and data of the path that the next shape may join.
    open: Option<(String, String)>,
}

impl Svg {
    /// An empty image of `size` units.
    pub fn new(size: (u32, u32)) -> Self {
        Self { size, body: String::new(), open: None }
    }

    /// The file: `width` mm wide, called `title` by what reads it aloud.
    pub fn finish(mut self, width: f64, title: &str) -> String {
        self.close();
        let (w, h) = self.size;
        let height = width * f64::from(h) / f64::from(w);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{width:.2}mm\" \
             height=\"{height:.2}mm\" viewBox=\"0 0 {w} {h}\">\n<title>{}</title>\n{}</svg>\n",
            escape(title),
            self.body
        )
    }

    fn add(&mut self, style: String, shape: &str) {
        match &mut self.open {
            Some((same, path)) if *same == style => path.push_str(shape),
            _ => {
                self.close();
                self.open = Some((style, shape.to_owned()));
            }
        }
    }

    fn close(&mut self) {
        if let Some((style, path)) = self.open.take() {
            // Writing to a string cannot fail.
            let _ = writeln!(self.body, "<path {style} d=\"{path}\"/>");
        }
    }
}

/// `text` as it may stand in an element or an attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // XML has no way to write these.
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

fn paint(name: &str, color: BackendColor) -> String {
    let (r, g, b) = color.rgb;
    let opacity = (color.alpha * 100.0).round() as i64;
    match opacity {
        100.. => format!("{name}=\"#{r:02x}{g:02x}{b:02x}\""),
        _ => format!("{name}=\"#{r:02x}{g:02x}{b:02x}\" {name}-opacity=\"0.{opacity:02}\""),
    }
}

fn stroke<S: BackendStyle>(style: &S) -> String {
    let color = paint("stroke", style.color());
    let width = style.stroke_width();
    format!("fill=\"none\" {color} stroke-width=\"{width}\" stroke-linejoin=\"round\"")
}

/// A polyline; every point after the first is written relative to the one before it.
fn polyline(points: impl IntoIterator<Item = BackendCoord>) -> String {
    let mut path = String::new();
    let mut before: Option<BackendCoord> = None;
    for (x, y) in points {
        let _ = match before {
            None => write!(path, "M{x} {y}l"),
            Some((px, py)) if (px, py) == (x, y) => continue,
            Some((px, py)) => write!(path, "{} {} ", x - px, y - py),
        };
        before = Some((x, y));
    }
    path.truncate(path.trim_end().len());
    path
}

impl DrawingBackend for Svg {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        self.draw_rect(point, (point.0 + 1, point.1 + 1), &color, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, style: &S) -> Drawn {
        self.draw_path([a, b], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (w, h) = (right - x, bottom - y);
        let style = if fill { paint("fill", style.color()) } else { stroke(style) };
        self.add(style, &format!("M{x} {y}h{w}v{h}h{}z", -w));
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        self.add(stroke(style), &polyline(path));
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (r, d) = (radius, 2 * radius);
        let style = if fill { paint("fill", style.color()) } else { stroke(style) };
        let left = x - r as i32;
        self.add(style, &format!("M{left} {y}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0z"));
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Drawn {
        self.add(paint("fill", style.color()), &format!("{}z", polyline(corners)));
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, at: BackendCoord) -> Drawn {
        let upwards = matches!(
            style.transform(),
            plotters_backend::FontTransform::Rotate270 | plotters_backend::FontTransform::Rotate90
        );
        let style =
            TextStyle { em: style.size(), color: style.color(), anchor: style.anchor(), upwards };
        self.close();
        let _ = writeln!(
            self.body,
            "<path role=\"img\" aria-label=\"{}\" {} d=\"{}\"/>",
            escape(text),
            paint("fill", style.color),
            style.outline(text, at)
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_of_one_style_share_a_path() {
        let mut svg = Svg::new((100, 50));
        let ink = |rgb| BackendColor { alpha: 1.0, rgb };
        for x in 0..3 {
            svg.draw_rect((10 * x, 0), (10 * x + 5, 9), &ink((1, 2, 3)), true).unwrap();
        }
        svg.draw_rect((0, 10), (5, 19), &ink((255, 0, 0)), true).unwrap();
        let file = svg.finish(170.0, "<a & b>");
        assert_eq!(file.matches("<path").count(), 2);
        assert!(file.contains("M0 0h5v9h-5zM10 0h5v9h-5zM20 0h5v9h-5z"));
        assert!(file.contains("height=\"85.00mm\""));
        assert!(file.contains("<title>&lt;a &amp; b&gt;</title>"));
    }

    #[test]
    fn polylines_are_written_in_steps() {
        assert_eq!(polyline([(5, 5), (8, 4), (8, 4), (9, 9)]), "M5 5l3 -1 1 5");
    }
}
