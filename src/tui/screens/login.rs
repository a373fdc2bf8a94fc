//! Masuk: name and password, the second factor, the forced change of a first password, the enrolment of TOTP with a QR
//! code. A password is never shown, and kept only until the login it belongs to is over. Enter on the last field logs in.

pub mod enrol;
mod view;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use secrecy::SecretString;

use crate::desk::DemoAccount;
use crate::desk::{Credentials, Identity, Login, LoginError, PasswordError};

use crate::term::Key;
use crate::tui::action::{ActionId, Facts};
use crate::tui::component::{Component, Cx, Outcome};
use crate::tui::errors;
use crate::tui::i18n::{Texts, Value};
use crate::tui::look::Look;
use crate::tui::place::Place;
use crate::tui::widgets::form::{Field, Form};

use enrol::Enrolment;

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
        key: Enrolment,
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
                            key: Enrolment::new(&enrolment),
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

    fn settle(&mut self, cx: &mut Cx, area: Rect) {
        let columns = match &self.stage {
            Stage::Enrol { key, .. } => key.columns(&cx.look, area),
            _ => area.width,
        };
        self.form.settle(columns);
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let cursor = match &self.stage {
            Stage::Enrol { key, .. } => {
                key.view(look, buffer, area, &self.form, self.problem.as_deref())
            }
            _ => self.view_fields(look, buffer, area),
        };
        cursor.filter(|_| self.picked.is_none())
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
