//! People, by the command.

use std::process::Output;

use crate::kit::{Served, json, social};

#[test]
fn a_fresh_server_shows_the_way_in_and_an_admins_key_invites() {
    let mut server = Served::start(&[]);
    let first = server.line();
    let link = first["first_admin"]["link"].as_str().unwrap().to_owned();
    assert!(first["first_admin"]["expires_at"].is_string(), "{first}");
    let path = link.strip_prefix(&server.url).unwrap();
    let (status, page) = server.get(path);
    assert_eq!(status, 200);
    assert!(page.contains("you will be the Admin"), "{page}");

    let key = |scopes: &str| {
        let mut command = social();
        command.args(["key", "create", "--scope", scopes, "--data"]).arg(server.data.path());
        json(&command.output().unwrap())["token"].as_str().unwrap().to_owned()
    };
    let all = "posts:read,posts:write,posts:publish,analytics:read,accounts:read,accounts:write,\
               approvals:write";
    let (owner, agent) = (key(all), key("posts:read"));
    let people = |token: &str, arguments: &[&str]| -> Output {
        let mut command = social();
        command.env("SOCIAL_BASE_URL", &server.url).env("SOCIAL_API_TOKEN", token);
        command.arg("people").args(arguments).output().unwrap()
    };
    let invited = json(&people(&owner, &["invite", "Ann@Example.com", "--role", "manager"]));
    assert!(invited["link"].as_str().unwrap().contains("/welcome?token=inv_social_"));
    let list = json(&people(&owner, &["list"]));
    assert_eq!(list["items"].as_array().unwrap().len(), 0);
    assert_eq!(list["invited"][0]["email"], "ann@example.com");
    assert_eq!(list["invited"][0]["role"], "manager");
    let nobody = "person_01JD3V9K7N3Q5R7T9V1X3Z5B7D";
    for arguments in [
        vec!["role", nobody, "admin"],
        vec!["disable", nobody],
        vec!["enable", nobody],
        vec!["reset", nobody],
    ] {
        let output = people(&owner, &arguments);
        assert_eq!(json(&output)["code"], "person_not_found", "{arguments:?}");
        assert_eq!(output.status.code(), Some(2));
    }
    let refused = people(&agent, &["list"]);
    assert_eq!(json(&refused)["code"], "approval_requires_human");
    let (_, said) = server.terminate();
    assert!(!said.contains("inv_social_"), "a link in the log: {said}");
}

#[test]
fn what_is_wrong_with_the_provider_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("social.toml"),
        "[oidc]\nclient_id = \"1\"\nnewcomers = \"king\"\ncolour = \"blue\"\n",
    )
    .unwrap();
    let check = || social().args(["serve", "--check"]).current_dir(folder.path()).output().unwrap();
    let output = check();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    for part in [
        "`oidc` needs an issuer",
        "`oidc.newcomers` is `king`",
        "`oidc` needs either client_secret_env or client_secret_file",
        "`oidc.colour` is unknown",
        "4 problems",
    ] {
        assert!(said.contains(part), "{part} is missing in:\n{said}");
    }
    std::fs::write(folder.path().join("secret"), "s3cret").unwrap();
    let file = |more: &str| {
        let text = format!(
            "[oidc]\nissuer = \"https://login.example.com\"\nclient_id = \"1\"\n\
             client_secret_file = \"secret\"\n{more}"
        );
        std::fs::write(folder.path().join("social.toml"), text).unwrap();
        check()
    };
    assert!(file("").status.success());
    assert!(file("newcomers = \"client\"\ndomains = [\"example.com\"]\n").status.success());
    // Whoever has an account at a big provider would be in.
    let open = file("newcomers = \"admin\"\n");
    assert!(String::from_utf8_lossy(&open.stderr).contains("whoever has an account there"));
}
