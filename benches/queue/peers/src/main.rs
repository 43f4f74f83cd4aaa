//! Queues of others in Rust. Each phase is a process that prints one line of JSON:
//!
//! ```text
//! peers SYSTEM reset | enqueue --n 20000 --due 3600000 | work --n 20000 --conc 50
//! ```
//!
//! with the settings that their own documentation recommends for throughput.

mod apalis;
mod graphile;
mod told;

use std::error::Error;

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use told::Options;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The address of a database of the server.
fn database(name: &str) -> Result<String> {
    let server = std::env::var("SOCIAL_TEST_POSTGRES")?;
    let base = server.rsplit_once('/').ok_or("an address with a database")?.0;
    Ok(format!("{base}/{name}"))
}

/// Makes an empty database.
async fn fresh(name: &str) -> Result<String> {
    let mut conn = PgConnection::connect(&database("postgres")?).await?;
    let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    conn.execute(AssertSqlSafe(drop)).await?;
    conn.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
    database(name)
}

#[tokio::main]
async fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let [_, system, phase, rest @ ..] = args.as_slice() else {
        return Err("say which system and phase".into());
    };
    let options = Options::read(rest)?;
    let told = match system.as_str() {
        "apalis" => apalis::run(phase, options).await?,
        "graphile-worker-rs" => graphile::run(phase, options).await?,
        other => return Err(format!("there is no {other}").into()),
    };
    println!("{told}");
    // Workers of others run until the process ends.
    std::process::exit(0)
}
