//! Posts that come again.

use clap::Subcommand;

use super::{Content, Server};

/// How a post comes again.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Repeat {
    /// Let it come again, in place of `--time`: `daily`, `weekly`, `monthly`, or an expression of
    /// cron such as `30 9 * * mon-fri`.
    #[arg(long, value_name = "RHYTHM")]
    pub repeat: Option<String>,
    /// At this time of day, such as `09:30`.
    #[arg(long, value_name = "TIME", requires = "repeat")]
    pub at: Option<String>,
    /// On these days: `mon,thu` of a week, or `1` to `31` of a month.
    #[arg(long, value_name = "DAYS", value_delimiter = ',', requires = "repeat")]
    pub on: Vec<String>,
    /// Every so many days, weeks or months. Default: 1.
    #[arg(long, value_name = "COUNT", requires = "repeat")]
    pub every: Option<u16>,
    /// By the clocks of this IANA zone, such as `Europe/Berlin`. Default: UTC.
    #[arg(long, value_name = "ZONE", requires = "repeat")]
    pub zone: Option<String>,
    /// The first day, such as `2027-03-01`. Default: today.
    #[arg(long, value_name = "DAY", requires = "repeat")]
    pub from: Option<String>,
    /// The last day. Default: none.
    #[arg(long, value_name = "DAY", requires = "repeat")]
    pub until: Option<String>,
    /// What becomes of occurrences that nobody was there for: `skip` (the default), `once` or `all`.
    #[arg(long, value_name = "WHAT", requires = "repeat")]
    pub missed: Option<String>,
    /// Move each by up to so many seconds, so that it is not seen to come on the minute.
    #[arg(long, value_name = "SECONDS", requires = "repeat")]
    pub jitter: Option<u32>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Series {
    /// List them, with what comes next.
    List {
        /// Where the last list ended: its `next_cursor`.
        #[arg(long)]
        cursor: Option<String>,
        #[command(flatten)]
        server: Server,
    },
    /// Show one, with what comes next.
    Get(OneSeries),
    /// Change it: all that is to come, or one occurrence and all that follow.
    Edit(Box<EditSeries>),
    /// Get the post of one occurrence, to change or move it alone by `social edit`.
    Occurrence {
        #[command(flatten)]
        series: OneSeries,
        /// Which one, such as `2027-03-01T09:30:00`: `upcoming` of the series names them.
        occurrence: String,
    },
    /// Leave one occurrence out.
    Skip {
        #[command(flatten)]
        series: OneSeries,
        /// Which one, such as `2027-03-01T09:30:00`.
        occurrence: String,
    },
    /// Stop it for a while.
    Pause(OneSeries),
    /// Let it come again.
    Resume(OneSeries),
    /// End it for good.
    End {
        #[command(flatten)]
        series: OneSeries,
        /// Only from this occurrence on.
        #[arg(long, value_name = "OCCURRENCE")]
        following: Option<String>,
    },
    /// Tell or set the hours in which nothing goes out by itself.
    Quiet {
        /// From this time of day on, such as `22:00`.
        #[arg(long, value_name = "TIME", requires = "until")]
        from: Option<String>,
        /// Until this time; the same as `--from` takes the quiet hours away.
        #[arg(long, value_name = "TIME", requires = "from")]
        until: Option<String>,
        /// By the clocks of this IANA zone.
        #[arg(long, value_name = "ZONE", default_value = "UTC")]
        zone: String,
        /// Of this account alone: `acct_…`. Default: of all.
        #[arg(long, value_name = "ID")]
        account: Option<String>,
        #[command(flatten)]
        server: Server,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct OneSeries {
    /// The series, such as `series_01J…`.
    pub id: String,
    #[command(flatten)]
    pub server: Server,
}

#[derive(Debug, clap::Args)]
pub(crate) struct EditSeries {
    #[command(flatten)]
    pub series: OneSeries,
    /// Only this occurrence and all that follow, such as `2027-03-01T09:30:00`: they are a series
    /// of their own then.
    #[arg(long, value_name = "OCCURRENCE")]
    pub following: Option<String>,
    #[command(flatten)]
    pub content: Content,
    /// Other networks or accounts.
    #[arg(long, visible_alias = "platforms", value_name = "NETWORK", value_delimiter = ',')]
    pub to: Vec<String>,
    #[command(flatten)]
    pub repeat: Repeat,
}
