//! Masuk: name and password, the second factor, the forced change of a first password, the enrolment of TOTP with a QR
//! code. A password is never shown, and kept only until the login it belongs to is over. Enter on the last field logs in.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use secrecy::SecretString;

use crate::desk::view::DemoAccount;
use crate::desk::{Credentials, Identity, Login, LoginError, PasswordError};

use crate::term::Key;
use crate::tui::action::{ActionId, Facts};
use crate::tui::component::{Component, Cx, Outcome};
use crate::tui::draw;
use crate::tui::errors;
use crate::tui::i18n::{Texts, Value};
use crate::tui::look::Look;
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::tui::widgets::form::{Field, Form};
use crate::tui::widgets::qr::Qr;

/// Bytes of a password (DOMAIN: up to 128, longer is refused by the desk, so that it is told and not cut).
const PASSWORD: usize = 160;

/// How far the login has come.
enum Stage {
    Name,
    /// Name and password are right so far; the code is asked.
    Code,
    /// Logged in with a first password that must be changed.
    NewPassword(Box<Identity>),
    /// Logged in, but a second factor is demanded.
    Enrol {
        who: Box<Identity>,
        qr: Option<Qr>,
        secret: String,
    },
}

/// The login.
pub struct LogIn {
    stage: Stage,
    form: Form,
    demo: Vec<DemoAccount>,
    /// The demo account that the cursor is on.
    picked: Option<usize>,
    peer_uid: Option<u32>,
    username: String,
    password: Option<SecretString>,
    problem: Option<String>,
}

fn name_form() -> Form {
    Form::new(vec![
        Field::text("field-username", 64),
        Field::secret("field-password", PASSWORD),
    ])
}

impl LogIn {
    /// `demo`: the accounts of a demo folder, which are listed with their passwords.
    pub fn new(demo: Option<Vec<DemoAccount>>, peer_uid: Option<u32>) -> Self {
        Self {
            stage: Stage::Name,
            form: name_form(),
            demo: demo.unwrap_or_default(),
            picked: None,
            peer_uid,
            username: String::new(),
            password: None,
            problem: None,
        }
    }

    /// The login over a screen that was left alone: its person's name stands there already.
    #[must_use]
    pub fn locked(mut self, username: &str, texts: Texts) -> Self {
        if let Some(field) = self.form.field_mut(0) {
            field.set(username);
        }
        self.form.focus = 1;
        self.problem = Some(texts.get("login-locked"));
        self
    }

    /// Back to name and password, nothing kept.
    fn start_over(&mut self) {
        self.stage = Stage::Name;
        self.form = name_form();
        self.password = None;
        self.picked = None;
    }

    fn send(&mut self, cx: &mut Cx) -> Outcome {
        self.problem = None;
        match &self.stage {
            Stage::Name | Stage::Code => self.log_in(cx),
            Stage::NewPassword(_) => self.change_password(cx),
            Stage::Enrol { .. } => self.enrol(cx),
        }
    }

    fn log_in(&mut self, cx: &mut Cx) -> Outcome {
        let code = if matches!(self.stage, Stage::Code) {
            Some(self.form.text(0).trim().to_owned())
        } else {
            self.username = self.form.text(0).trim().to_owned();
            self.password = self.form.field_mut(1).map(|f| f.take_secret());
            None
        };
        let Some(password) = self.password.clone() else {
            self.start_over();
            return Outcome::Done;
        };
        let credentials = Credentials {
            username: self.username.clone(),
            password,
            totp: code,
            peer_uid: self.peer_uid,
        };
        match cx.desk.login(&credentials) {
            Ok(login) => self.follow(login, cx),
            Err(error) => {
                let username = std::mem::take(&mut self.username);
                self.start_over();
                if let Some(field) = self.form.field_mut(0) {
                    field.set(&username);
                }
                self.form.focus = 1;
                self.problem = Some(login_error(cx, &error));
                Outcome::Done
            }
        }
    }

    fn follow(&mut self, login: Login, cx: &mut Cx) -> Outcome {
        match login {
            Login::In(identity) => {
                self.start_over();
                Outcome::LoggedIn(Box::new(identity))
            }
            Login::NeedsTotp => {
                self.stage = Stage::Code;
                self.form = Form::new(vec![Field::text("field-code", 8)]);
                Outcome::Done
            }
            Login::MustChangePassword(identity) => {
                self.stage = Stage::NewPassword(Box::new(identity));
                self.form = Form::new(vec![
                    Field::secret("field-new-password", PASSWORD),
                    Field::secret("field-repeat-password", PASSWORD),
                ]);
                Outcome::Done
            }
            Login::MustEnrolTotp(identity) => {
                match cx.desk.begin_totp(&identity) {
                    Ok(enrolment) => {
                        self.form = Form::new(vec![Field::text("field-code", 8)]);
                        self.stage = Stage::Enrol {
                            who: Box::new(identity),
                            qr: Qr::new(&enrolment.uri),
                            secret: enrolment.secret,
                        };
                    }
                    Err(error) => {
                        self.start_over();
                        self.problem =
                            Some(errors::say(cx.look.format(), &errors::names(cx.desk), &error).0);
                    }
                }
                Outcome::Done
            }
        }
    }

    fn change_password(&mut self, cx: &mut Cx) -> Outcome {
        if self.form.text(0) != self.form.text(1) {
            for index in [0, 1] {
                if let Some(field) = self.form.field_mut(index) {
                    field.clear();
                }
            }
            self.form.focus = 0;
            self.problem = Some(cx.texts().get("login-passwords-differ"));
            return Outcome::Done;
        }
        let (Stage::NewPassword(who), Some(old), Some(field)) =
            (&self.stage, self.password.clone(), self.form.field_mut(0))
        else {
            self.start_over();
            return Outcome::Done;
        };
        let new = field.take_secret();
        if let Some(repeated) = self.form.field_mut(1) {
            repeated.clear();
        }
        self.form.focus = 0;
        match cx.desk.change_password(who, &old, &new) {
            Ok(()) => {
                // The restricted identity is of no more use: log in with the new password, as anybody would.
                self.password = Some(new);
                self.stage = Stage::Name;
                let credentials = Credentials {
                    username: self.username.clone(),
                    password: self.password.clone().unwrap_or_default(),
                    totp: None,
                    peer_uid: self.peer_uid,
                };
                match cx.desk.login(&credentials) {
                    Ok(login) => self.follow(login, cx),
                    Err(error) => {
                        self.start_over();
                        self.problem = Some(login_error(cx, &error));
                        Outcome::Done
                    }
                }
            }
            Err(error) => {
                self.problem = Some(password_error(cx, &error));
                Outcome::Done
            }
        }
    }

    fn enrol(&mut self, cx: &mut Cx) -> Outcome {
        let code = self.form.text(0).trim().to_owned();
        let Stage::Enrol { who, .. } = &self.stage else {
            return Outcome::Done;
        };
        match cx.desk.finish_totp(who, &code) {
            Ok(()) => {
                // The code was spent by the enrolment; the next one logs in.
                self.stage = Stage::Code;
                self.form = Form::new(vec![Field::text("field-code", 8)]);
                self.problem = Some(cx.texts().get("login-enrolled"));
            }
            Err(error) => {
                if let Some(field) = self.form.field_mut(0) {
                    field.clear();
                }
                self.problem =
                    Some(errors::say(cx.look.format(), &errors::names(cx.desk), &error).0);
            }
        }
        Outcome::Done
    }

    fn lists_demo(&self) -> bool {
        matches!(self.stage, Stage::Name) && !self.demo.is_empty()
    }

    /// Moves between the fields and the list of demo accounts below them.
    fn walk(&mut self, action: ActionId, cx: &mut Cx) -> Outcome {
        match (self.picked, action) {
            (Some(0), ActionId::Up) => self.picked = None,
            (Some(at), ActionId::Up) => self.picked = Some(at - 1),
            (Some(at), ActionId::Down) => self.picked = Some((at + 1).min(self.demo.len() - 1)),
            (Some(_), ActionId::NextField) => {
                self.picked = None;
                self.form.focus = 0;
            }
            (Some(at), ActionId::Enter) => {
                let account = self.demo[at].clone();
                for (index, text) in [&account.username, &account.password]
                    .into_iter()
                    .enumerate()
                {
                    if let Some(field) = self.form.field_mut(index) {
                        field.set(text);
                    }
                }
                self.picked = None;
                return self.send(cx);
            }
            (None, ActionId::Down) if self.lists_demo() && self.form.focus == 1 => {
                self.picked = Some(0)
            }
            (None, action) => {
                let moved = self.form.act(action);
                if action == ActionId::Enter && !moved && self.form.complete() {
                    return self.send(cx);
                }
            }
            _ => {}
        }
        Outcome::Done
    }
}

impl Component for LogIn {
    fn place(&self) -> Place {
        Place::Login
    }

    fn typing(&self) -> bool {
        self.picked.is_none() && self.form.typing()
    }

    fn facts(&self, facts: &mut Facts) {
        facts.complete = self.form.complete();
        facts.ticking = self.form.takes_ticks();
    }

    fn key(&mut self, key: Key, _cx: &mut Cx) -> Outcome {
        if self.picked.is_none() && self.form.key(key) {
            Outcome::Done
        } else {
            Outcome::Ignored
        }
    }

    fn paste(&mut self, text: &str, _cx: &mut Cx) {
        self.form.paste(text);
    }

    fn act(&mut self, action: ActionId, cx: &mut Cx) -> Outcome {
        match action {
            ActionId::Back => {
                self.start_over();
                self.problem = None;
                Outcome::Done
            }
            action => self.walk(action, cx),
        }
    }

    fn settle(&mut self, _cx: &mut Cx, area: Rect) {
        self.form.settle(area.width);
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        draw::bar(look, buffer, area, area.y, &look.texts.get("login-title"));
        let inner = Rect::new(
            area.x + 1,
            area.y + 2,
            area.width.saturating_sub(2),
            area.height.saturating_sub(2),
        );
        let mut y = inner.y;
        for line in self.intro(look, inner.width) {
            draw::text(
                buffer,
                inner.x,
                y,
                inner.width,
                &line,
                look.style(Tone::Plain),
            );
            y += 1;
        }
        let rows = self.form.rows(inner.width);
        let form = Rect::new(inner.x, y, inner.width, rows).intersection(inner);
        let cursor = self.form.view(look, buffer, form);
        y += rows;
        if let Some(problem) = &self.problem {
            for line in draw::wrap(problem, inner.width).iter().take(2) {
                draw::text(
                    buffer,
                    inner.x,
                    y,
                    inner.width,
                    line,
                    look.style(Tone::Warning),
                );
                y += 1;
            }
        }
        let rest = Rect::new(
            inner.x,
            y + 1,
            inner.width,
            inner.bottom().saturating_sub(y + 1),
        );
        match &self.stage {
            Stage::Enrol { qr, secret, .. } => view_secret(look, buffer, rest, qr.as_ref(), secret),
            Stage::Name if !self.demo.is_empty() => self.view_demo(look, buffer, rest),
            _ => {}
        }
        cursor.filter(|_| self.picked.is_none())
    }
}

impl LogIn {
    fn intro(&self, look: &Look, columns: u16) -> Vec<String> {
        let text = match &self.stage {
            Stage::Name => return Vec::new(),
            Stage::Code => look.texts.get("login-code-intro"),
            Stage::NewPassword(_) => look.texts.get("login-new-password-intro"),
            Stage::Enrol { .. } => look.texts.get("login-enrol-intro"),
        };
        draw::wrap(&text, columns)
    }

    fn view_demo(&self, look: &Look, buffer: &mut Buffer, area: Rect) {
        if area.height < 2 {
            return;
        }
        draw::text(
            buffer,
            area.x,
            area.y,
            area.width,
            &look.texts.get("login-demo"),
            look.style(Tone::Muted),
        );
        for (nth, account) in self.demo.iter().enumerate() {
            let y = area.y + 1 + u16::try_from(nth).unwrap_or(u16::MAX);
            if y >= area.bottom() {
                break;
            }
            let tone = if self.picked == Some(nth) {
                Tone::Selected
            } else {
                Tone::Plain
            };
            draw::text(
                buffer,
                area.x + 1,
                y,
                14,
                &account.username,
                look.style(tone),
            );
            draw::text(
                buffer,
                area.x + 16,
                y,
                24,
                &account.password,
                look.style(Tone::Plain),
            );
            let roles: Vec<String> = account
                .roles
                .iter()
                .map(|r| look.texts.get(&format!("role-{}", r.name())))
                .collect();
            let x = area.x + 41;
            let room = area.right().saturating_sub(x);
            draw::text(
                buffer,
                x,
                y,
                room,
                &roles.join(", "),
                look.style(Tone::Muted),
            );
        }
    }
}

/// The QR code where it fits, and the secret in groups for typing it by hand.
fn view_secret(look: &Look, buffer: &mut Buffer, area: Rect, qr: Option<&Qr>, secret: &str) {
    let groups: Vec<String> = secret
        .as_bytes()
        .chunks(4)
        .map(|c| String::from_utf8_lossy(c).into_owned())
        .collect();
    let text = look
        .texts
        .with("login-secret", &[("secret", Value::from(groups.join(" ")))]);
    let drawn = qr.is_some_and(|qr| {
        let (columns, _) = qr.size();
        // Beside the text where the window is wide enough, else the text alone.
        let beside = Rect::new(
            area.right().saturating_sub(columns),
            area.y,
            columns.min(area.width),
            area.height,
        );
        qr.view(look, buffer, beside)
    });
    let taken = if drawn {
        qr.map_or(0, |q| q.size().0 + 2)
    } else {
        0
    };
    let room = area.width.saturating_sub(taken);
    for (nth, line) in draw::wrap(&text, room).iter().enumerate() {
        let y = area.y + u16::try_from(nth).unwrap_or(u16::MAX);
        draw::text(buffer, area.x, y, room, line, look.style(Tone::Plain));
    }
}

fn login_error(cx: &Cx, error: &LoginError) -> String {
    let texts = cx.texts();
    match error {
        LoginError::Wrong => texts.get("login-wrong"),
        LoginError::Throttled { seconds } => {
            let minutes = errors::minutes_up(*seconds);
            texts.with("login-throttled", &[("minutes", Value::from(minutes))])
        }
        LoginError::Failed(error) => {
            errors::say(cx.look.format(), &errors::names(cx.desk), error).0
        }
    }
}

/// What is wrong with a new password.
fn password_error(cx: &Cx, error: &PasswordError) -> String {
    let texts = cx.texts();
    match error {
        PasswordError::TooShort { min } => {
            texts.with("password-too-short", &[("min", Value::from(*min as u64))])
        }
        PasswordError::TooLong { max } => {
            texts.with("password-too-long", &[("max", Value::from(*max as u64))])
        }
        PasswordError::Blocked => texts.get("password-blocked"),
        PasswordError::ContainsName => texts.get("password-contains-name"),
        PasswordError::WrongOld => texts.get("password-wrong-old"),
        PasswordError::Unchanged => texts.get("password-unchanged"),
        PasswordError::Hash | PasswordError::Desk(_) => error.to_string(),
    }
}
