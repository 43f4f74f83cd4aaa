//! Server-sent events, as far as models send them.

/// Takes bytes as they come and gives the data of events as they end.
#[derive(Debug, Default)]
pub(super) struct Events {
    line: Vec<u8>,
    data: String,
}

impl Events {
    /// The data of the events that end within `bytes`.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut done = Vec::new();
        for byte in bytes {
            if *byte != b'\n' {
                self.line.push(*byte);
                continue;
            }
            let line = String::from_utf8_lossy(&self.line).trim_end_matches('\r').to_owned();
            self.line.clear();
            if line.is_empty() {
                if !self.data.is_empty() {
                    done.push(std::mem::take(&mut self.data));
                }
            } else if let Some(data) = line.strip_prefix("data:") {
                if !self.data.is_empty() {
                    self.data.push('\n');
                }
                self.data.push_str(data.strip_prefix(' ').unwrap_or(data));
            }
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_whole_however_they_are_cut() {
        let stream =
            ": hello\r\nevent: x\r\ndata: {\"é\":1}\r\n\r\ndata: a\ndata: b\n\ndata: [DONE]\n\n"
                .as_bytes();
        for size in 1..stream.len() {
            let mut events = Events::default();
            let found: Vec<String> =
                stream.chunks(size).flat_map(|chunk| events.feed(chunk)).collect();
            assert_eq!(found, ["{\"é\":1}", "a\nb", "[DONE]"], "in pieces of {size}");
        }
    }
}
