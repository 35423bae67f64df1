//! A backend that writes PNG: it draws at twice the resolution of the file, so that edges are smooth.

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind, rasterizer,
};
use plotters_bitmap::BitMapBackend;

/// Pixels that are drawn for a pixel of the file, in either direction.
const OVERSAMPLING: u32 = 2;

/// White pixels to draw on.
pub struct Canvas {
    size: (u32, u32),
    pixels: Vec<u8>,
}

impl Canvas {
    /// Of `size` units; `size` is a multiple of two.
    pub fn new(size: (u32, u32)) -> Self {
        Self { size, pixels: vec![255; 3 * size.0 as usize * size.1 as usize] }
    }

    pub fn backend(&mut self) -> Bitmap<'_> {
        Bitmap(BitMapBackend::with_buffer(&mut self.pixels, self.size))
    }

    /// The bytes of the file.
    pub fn file(&self) -> Result<Vec<u8>, png::EncodingError> {
        let ((width, height), pixels) = self.averaged(OVERSAMPLING);
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::Fast);
        encoder.set_adaptive_filter(png::AdaptiveFilterType::Adaptive);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&pixels)?;
        writer.finish()?;
        Ok(file)
    }

    /// Width, height and red, green, blue of every pixel, each the mean of `oversampling` in either direction.
    pub fn averaged(&self, oversampling: u32) -> ((u32, u32), Vec<u8>) {
        let n = oversampling as usize;
        let (width, height) = (self.size.0 as usize / n, self.size.1 as usize / n);
        let mut mean = Vec::with_capacity(3 * width * height);
        for y in 0..height {
            for x in 0..width {
                for channel in 0..3 {
                    let at = |k: usize| {
                        let (row, column) = (n * y + k / n, n * x + k % n);
                        u32::from(self.pixels[3 * (row * n * width + column) + channel])
                    };
                    let sum: u32 = (0..n * n).map(at).sum();
                    mean.push(((sum + (n * n / 2) as u32) / (n * n) as u32) as u8);
                }
            }
        }
        ((width as u32, height as u32), mean)
    }
}

/// Plotters' bitmap, except that its broad polylines have round joints also where they turn sharply.
pub struct Bitmap<'a>(BitMapBackend<'a>);

type Drawn<'a> = Result<(), DrawingErrorKind<<BitMapBackend<'a> as DrawingBackend>::ErrorType>>;

impl<'a> DrawingBackend for Bitmap<'a> {
    type ErrorType = <BitMapBackend<'a> as DrawingBackend>::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.0.get_size()
    }

    fn ensure_prepared(&mut self) -> Drawn<'a> {
        self.0.ensure_prepared()
    }

    fn present(&mut self) -> Drawn<'a> {
        self.0.present()
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn<'a> {
        self.0.draw_pixel(point, color)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn<'a> {
        self.0.draw_rect(upper_left, bottom_right, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn<'a> {
        let points: Vec<BackendCoord> = path.into_iter().collect();
        for (k, ends) in points.windows(2).enumerate() {
            rasterizer::draw_line(self, ends[0], ends[1], style)?;
            if k > 0 {
                rasterizer::draw_circle(self, ends[0], style.stroke_width() / 2, style, true)?;
            }
        }
        Ok(())
    }
}
