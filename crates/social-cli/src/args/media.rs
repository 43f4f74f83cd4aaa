//! Media: how pictures are made fit, and what is asked about files.

use std::path::PathBuf;

use clap::Subcommand;

use super::Server;

/// How pictures are made fit, in the order of `--media`. Nothing of it touches a clip.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Wishes {
    /// How a picture whose shape a network does not take is brought into one that it does: `crop`
    /// (the default) keeps in sight what stands out, `centre` cuts on all sides alike, `blur` or a
    /// colour such as `#ffffff` cuts nothing and fills the room around it. Said once it is for all
    /// pictures; else the first goes with the first `--media`, and so on.
    #[arg(long, value_name = "HOW")]
    pub fit: Vec<String>,
    /// What a crop keeps in sight: parts of the width and the height, such as `0.5,0.3`. The first
    /// goes with the first `--media`, and so on; an empty one leaves it to what stands out.
    #[arg(long, value_name = "X,Y")]
    pub focus: Vec<String>,
    /// What shows through transparent parts where a network's format has none, such as `#ffffff`
    /// (the default). Once for all, or one for each, as `--fit`.
    #[arg(long, value_name = "COLOUR")]
    pub background: Vec<String>,
    /// What of the pictures' metadata stays: `credit`, `taken_at` or both. Default: nothing.
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub keep: Vec<String>,
    /// Make the pictures as small in bytes as can be, which takes longer.
    #[arg(long)]
    pub smallest: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MediaAction {
    /// Take in a file; prints its id.
    Add {
        /// The file.
        #[arg(value_name = "FILE")]
        path: PathBuf,
        /// Goes on with an upload of the same file that broke off: `upl_…`.
        #[arg(long, value_name = "UPLOAD")]
        resume: Option<String>,
        #[command(flatten)]
        server: Server,
    },
    /// Show what a network would get of a picture or a clip: a small JPEG with the same crop and the
    /// same room around it.
    Preview(MediaPreview),
}

#[derive(Debug, clap::Args)]
pub(crate) struct MediaPreview {
    /// The file, such as `media_01J…`.
    pub id: String,
    /// Where the picture is written to.
    #[arg(long, value_name = "FILE")]
    pub save: PathBuf,
    /// For which network. Default: the file as it is.
    #[arg(long, value_name = "NETWORK")]
    pub platform: Option<String>,
    /// As which kind of post: `image`, `video`, `story`, `reel` or `carousel`. Default: by the file.
    #[arg(long, requires = "platform")]
    pub kind: Option<String>,
    /// Pixels across, up to 1080. Default: 320.
    #[arg(long, value_name = "PIXELS")]
    pub width: Option<u32>,
    /// As `--fit` of a post.
    #[arg(long, value_name = "HOW")]
    pub fit: Option<String>,
    /// As `--focus` of a post.
    #[arg(long, value_name = "X,Y")]
    pub focus: Option<String>,
    /// As `--background` of a post.
    #[arg(long, value_name = "COLOUR")]
    pub background: Option<String>,
    #[command(flatten)]
    pub server: Server,
}
