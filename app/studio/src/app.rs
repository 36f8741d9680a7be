//! The window: lays the panels out, turns keys and drops into commands, and has them obeyed at the end of the frame.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use eframe::egui::{self, ViewportCommand};
use eframe::egui_wgpu::RenderState;
use retake_engine::{Command, Engine, Kit, MessageKind, Sample};

use crate::cx::Cx;
use crate::lab::{Lab, LabTools};
use crate::look::{Look, Room, Sheet, Tool};
use crate::screen::Screen;
use crate::settings::Settings;
use crate::texts::Texts;
use crate::textures::Textures;
use crate::theme::{Theme, install_fonts};
use crate::{actions, arrivals, keys, layout, panels};

/// Where eframe keeps the window's settings.
const SETTINGS_KEY: &str = "retake";
/// The picture that comes with the program: the first screen can be worked on at once.
const SAMPLE: Sample = Sample {
    name: "mountain-path.jpg",
    bytes: include_bytes!("../../../assets/sample/mountain-path.jpg"),
};

/// The window.
pub struct Studio {
    engine: Engine,
    lab: Lab,
    look: Look,
    settings: Settings,
    theme: Theme,
    texts: Texts,
    textures: Textures,
    screen: Screen,
    scale: f32,
    bell: Bell,
    /// the graphics card that draws the window is there no more
    lost: Arc<AtomicBool>,
}

/// Draws the window again when an answer lies ready; another window can take it over.
#[derive(Clone)]
struct Bell(Arc<Mutex<egui::Context>>);

impl Bell {
    fn of(cc: &eframe::CreationContext<'_>) -> Self {
        Self(Arc::new(Mutex::new(cc.egui_ctx.clone())))
    }
    fn waker(&self) -> impl Fn() + Send + Sync + use<> {
        let bell = self.clone();
        move || bell.lock().request_repaint()
    }
    fn lock(&self) -> std::sync::MutexGuard<'_, egui::Context> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Studio {
    /// Builds the window on eframe's context and opens `photos`. What is done in it is kept nowhere.
    pub fn new(cc: &eframe::CreationContext<'_>, kit: Kit, photos: Vec<PathBuf>) -> Self {
        let bell = Bell::of(cc);
        let engine = Engine::new(kit, bell.waker());
        let mut studio = Self::built(cc, engine, bell);
        if !photos.is_empty() {
            studio.engine.obey(Command::Open(photos));
        }
        studio
    }

    /// Builds the window with everything kept under `home`, and begins with `photos`, with what a crash took from the
    /// screen, or with the sample.
    pub fn at_home(
        cc: &eframe::CreationContext<'_>,
        kit: Kit,
        home: &Path,
        photos: Vec<PathBuf>,
    ) -> Self {
        let bell = Bell::of(cc);
        let engine = Engine::keeping(kit, home, bell.waker());
        let mut studio = Self::built(cc, engine, bell);
        studio.begin_with(photos);
        studio
    }

    fn begin_with(&mut self, photos: Vec<PathBuf>) {
        self.engine.begin_with(photos, SAMPLE);
        let only_sample = self.engine.slots().iter().all(|slot| slot.is_sample());
        let recent = self.settings.recent.iter().find(|path| path.is_file());
        if let Some(path) = recent.filter(|_| only_sample) {
            self.engine.offer_to_continue(path.clone());
        }
    }

    fn built(cc: &eframe::CreationContext<'_>, mut engine: Engine, bell: Bell) -> Self {
        install_fonts(&cc.egui_ctx);
        let settings = cc
            .storage
            .and_then(|storage| storage.get_string(SETTINGS_KEY))
            .map(|text| Settings::from_text(&text))
            .unwrap_or_default();
        let mut look = Look::default();
        settings.apply(&mut look);
        let theme = Theme::of(look.shade);
        theme.apply(&cc.egui_ctx);
        for command in settings.effort() {
            engine.obey(command);
        }
        let texts = Texts::of(&look.language);
        Self {
            engine,
            lab: Lab::new(LabTools::default(), Arc::new(bell.waker())),
            look,
            settings,
            theme,
            texts,
            textures: Textures::on(cc.wgpu_render_state.clone()),
            screen: Screen::default(),
            scale: 0.0,
            bell,
            lost: Arc::default(),
        }
    }

    /// With what the lab is handed.
    #[must_use]
    pub fn with_lab(mut self, tools: LabTools) -> Self {
        self.lab.equip(tools);
        self
    }
    /// In a window whose graphics card is lost when this turns true.
    pub(crate) fn listening(self, lost: Arc<AtomicBool>) -> Self {
        Self { lost, ..self }
    }

    /// Goes on in another window, which has the fonts: whatever was drawn with is made anew.
    pub(crate) fn move_to(
        &mut self,
        ctx: &egui::Context,
        window: Option<RenderState>,
        lost: Arc<AtomicBool>,
    ) {
        self.theme.apply(ctx);
        self.textures = Textures::on(window);
        self.textures.show_through(self.screen.profile().cloned());
        self.scale = 0.0;
        *self.bell.lock() = ctx.clone();
        self.lost = lost;
    }
    /// True when this window can be drawn no more.
    pub(crate) fn has_lost_its_card(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }
    /// The engine, to be looked at.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }
    /// Has something done: tests and screenshots set scenes.
    pub fn obey(&mut self, command: Command) {
        self.engine.obey(command);
    }
    #[cfg(test)]
    pub(crate) fn equip_lab(&mut self, tools: LabTools) {
        self.lab.equip(tools);
    }
    #[cfg(test)]
    pub(crate) fn lab(&self) -> &Lab {
        &self.lab
    }
    #[cfg(test)]
    pub(crate) fn textures(&self) -> &Textures {
        &self.textures
    }
    #[cfg(test)]
    pub(crate) fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }
    #[cfg(test)]
    pub(crate) fn screen(&self) -> &Screen {
        &self.screen
    }
    #[cfg(test)]
    pub(crate) fn look(&self) -> &Look {
        &self.look
    }
    #[cfg(test)]
    pub(crate) fn look_mut(&mut self) -> &mut Look {
        &mut self.look
    }

    fn title(&self, ctx: &egui::Context) {
        let title = match self.engine.session() {
            Some(session) => format!("{} – Retake", self.texts.word(&session.name())),
            None => "Retake".to_owned(),
        };
        let id = egui::Id::unique("window title");
        let same = ctx.data(|data| data.get_temp::<String>(id).as_ref() == Some(&title));
        if !same {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            ctx.data_mut(|data| data.insert_temp(id, title));
        }
    }

    /// Esc goes one layer up: what lies over, the line, the tool, the run.
    fn escape(&mut self, ctx: &egui::Context, commands: &mut Vec<Command>) {
        if !ctx.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::Escape)) {
            return;
        }
        if self.look.sheet != Sheet::None {
            self.look.sheet = Sheet::None;
        } else if self.look.room == Room::Lab {
            match ctx.memory(|memory| memory.focused()) {
                Some(focused) => ctx.memory_mut(|memory| memory.surrender_focus(focused)),
                None => self.lab.stop_opening(),
            }
        } else if self.engine.session().is_some_and(|s| s.running.is_some()) {
            commands.push(Command::Stop);
        } else if self.engine.judging().is_some() {
            commands.push(Command::StopJudging);
        } else if self.look.survey {
            self.look.survey = false;
        } else if self.look.tool != Tool::Hand {
            self.look.tool = Tool::Hand;
        } else if let Some(focused) = ctx.memory(|memory| memory.focused()) {
            ctx.memory_mut(|memory| memory.surrender_focus(focused));
        }
    }
}

impl eframe::App for Studio {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        if self.has_lost_its_card() {
            // nothing is drawn on a card that is gone; a new window takes over
            ctx.send_viewport_cmd(ViewportCommand::Close);
            return;
        }
        self.engine.take_in();
        if self.lab.take_in() {
            self.look.lab.opened();
        }
        self.textures.next_frame();
        if self.screen.follow(&ctx, &self.look.screen) {
            self.textures.show_through(self.screen.profile().cloned());
        }
        if self.theme.shade != self.look.shade {
            self.theme = Theme::of(self.look.shade);
            self.theme.apply(&ctx);
        }
        if self.texts.language != self.look.language {
            self.texts = Texts::of(&self.look.language);
        }
        if self.scale != self.look.scale {
            self.scale = self.look.scale;
            ctx.set_zoom_factor(self.look.scale);
        }
        self.title(&ctx);
        let mut commands = Vec::new();
        arrivals::take_in(&ctx, &mut self.look, &mut commands);
        panels::over::capture(&ctx, &mut self.look, &mut self.settings);
        self.escape(&ctx, &mut commands);
        let pressed = keys::pressed(&ctx, &self.settings.keys, self.look.sheet, self.look.room);
        let mut cx = Cx {
            engine: &self.engine,
            lab: &mut self.lab,
            look: &mut self.look,
            settings: &mut self.settings,
            theme: &self.theme,
            texts: &self.texts,
            textures: &mut self.textures,
            screen: &self.screen,
            commands: &mut commands,
        };
        let came_in = std::mem::take(&mut cx.look.recipe_came_in);
        let paste = actions::by_id("paste_recipe").filter(|_| came_in);
        for action in pressed.into_iter().chain(paste) {
            if (action.enabled)(&cx) {
                (action.run)(&mut cx);
            }
        }
        layout::show(ui, &mut cx);
        if let Some(text) = self.look.clipboard.take() {
            ctx.copy_text(text);
        }
        for command in commands {
            self.settings_note(&command);
            self.engine.obey(command);
        }
        if self.engine.busy() || self.lab.busy() {
            // seconds tick and bars grow; answers wake the window by themselves
            ctx.request_repaint_after(Duration::from_millis(100));
        }
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        self.settings.note(&self.look);
        self.settings.note_effort(&self.engine);
        storage.set_string(SETTINGS_KEY, self.settings.to_text());
    }

    fn auto_save_interval(&self) -> Duration {
        Duration::from_secs(10)
    }

    fn clear_color(&self, _: &egui::Visuals) -> [f32; 4] {
        self.theme.surround.to_normalized_gamma_f32()
    }
}

impl Studio {
    fn settings_note(&mut self, command: &Command) {
        if let Command::Open(paths) = command {
            for path in paths.iter().filter(|path| path.is_file()) {
                self.settings.opened(path.clone());
            }
        }
    }
}

/// How loud a message is, as a colour.
pub(crate) fn colour_of(cx: &Cx<'_>, kind: MessageKind) -> egui::Color32 {
    match kind {
        MessageKind::Done => cx.theme.text,
        MessageKind::Problem => cx.theme.bad,
    }
}

#[cfg(test)]
mod tests {
    use egui_kittest::kittest::Queryable;

    use crate::testing::{sample, session, shot, until, window};

    #[test]
    fn the_first_screen_is_a_photo_that_can_be_worked_on() {
        let mut window = window([1280.0, 720.0], Vec::new());
        window.state_mut().begin_with(Vec::new());
        until(&mut window, |studio| studio.engine().session().is_some());
        assert_eq!(session(&window).name(), "mountain-path.jpg");
        assert_eq!(session(&window).photo.width(), 1600);
    }

    #[test]
    fn the_photo_of_last_time_is_one_click_away() {
        let mut window = window([1280.0, 720.0], Vec::new());
        window.state_mut().settings.opened(sample("astronaut.png"));
        window.state_mut().begin_with(Vec::new());
        // the offer goes after a while, and a busy machine may take as long to open the first photo
        for _ in 0..4 {
            window.step();
        }
        shot(&mut window, "continue");
        window.get_by_label("Continue").click();
        until(&mut window, |studio| {
            let open = studio.engine().session();
            open.is_some_and(|session| session.name() == "astronaut.png")
        });
    }
}
