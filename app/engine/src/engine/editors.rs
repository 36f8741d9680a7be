//! Editors beside the built-in one: which is chosen, whether it is in memory, and runs that wait for one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use retake_core::{Editor, EditorInfo, EditorSettings, Provenance, Said, Setting, said};

use super::ways::Below;
use super::{Engine, MessageKind, Offer};
use crate::actors::{loader, maker};
use crate::event::RunEnd;
use crate::{EditorOffer, EditorState, Model, TakeId, Tuning};

/// What is known of editors beside the built-in one.
#[derive(Default)]
pub(super) struct Models {
    offers: Vec<EditorOffer>,
    /// folders that a person chose, beside what is installed
    folders: Vec<EditorOffer>,
    /// the one in memory
    loaded: Option<(Model, Arc<dyn Editor>)>,
    /// the one on its way, by the ticket of its question
    loading: Option<(u64, Model)>,
    /// the one that could not be loaded last
    failed: Option<(Model, Said)>,
    /// a run that begins when the one on its way is there
    waiting: Option<Waiting>,
    /// how they are to work, by id
    tunings: BTreeMap<String, Tuning>,
    /// chosen when the window was closed, and not yet seen to be here
    of_last_time: Option<String>,
}

/// A run whose model is not there yet.
struct Waiting {
    ticket: u64,
    run: PreparedRun,
}

/// A run without its editors: what turns them into a question to the maker.
pub(super) struct PreparedRun {
    pub(super) model: Option<Model>,
    /// other editors' edits that it begins from
    pub(super) below: Vec<Below>,
    pub(super) question: maker::Question,
}

impl Engine {
    /// Editors beside the built-in one that can be chosen: what is installed, then folders that were opened.
    pub fn offers(&self) -> impl Iterator<Item = &EditorOffer> {
        self.models.offers.iter().chain(&self.models.folders)
    }
    /// The editor that the next run is made by; `None` is the built-in one.
    pub fn chosen(&self) -> Option<Model> {
        self.effort.editor.as_deref().map(|id| self.model(id))
    }
    /// How it stands with an editor beside the built-in one as it would be used now, by the id of its offer.
    pub fn editor_state(&self, id: &str) -> EditorState {
        self.state_of(&self.model(id))
    }
    /// How it stands with a model that is opened with certain things.
    pub fn state_of(&self, model: &Model) -> EditorState {
        let models = &self.models;
        if models.loading.as_ref().is_some_and(|(_, m)| m.same(model)) {
            return EditorState::Loading;
        }
        if models.loaded.as_ref().is_some_and(|(m, _)| m.same(model)) {
            return EditorState::Ready;
        }
        match &models.failed {
            Some((failed, why)) if failed.same(model) => EditorState::Failed(why.clone()),
            _ => EditorState::Away,
        }
    }
    /// How a person wants editors beside the built-in one to work, by the ids of their offers.
    pub fn tunings(&self) -> &BTreeMap<String, Tuning> {
        &self.models.tunings
    }
    /// What may be set of an editor, by the id of its offer; `None` before it is loaded.
    pub fn settings_of(&self, id: &str) -> Option<Vec<Setting>> {
        let (_, editor) = self.models.loaded.as_ref().filter(|(m, _)| m.id == id)?;
        Some(editor.settings())
    }
    /// The model that is being loaded.
    pub fn loading(&self) -> Option<&Model> {
        self.models.loading.as_ref().map(|(_, model)| model)
    }
    /// What the loaded model says of itself.
    pub fn loaded(&self) -> Option<(&Model, EditorInfo)> {
        let (model, editor) = self.models.loaded.as_ref()?;
        Some((model, editor.info()))
    }
    /// Whether the chosen editor takes any sentence, understood or not.
    pub fn takes_any_sentence(&self) -> bool {
        let Some(id) = &self.effort.editor else {
            return self.kit.editor.info().generative;
        };
        match &self.models.loaded {
            Some((model, editor)) if model.id == *id => editor.info().generative,
            _ => true,
        }
    }
    /// Whether the draft can be run with the chosen editor.
    pub fn ready(&self) -> bool {
        self.session().is_some_and(|session| {
            let draft = &session.draft;
            draft.ready()
                || draft.is_unknown() && self.may_guess()
                || self.takes_any_sentence() && !draft.text().trim().is_empty()
        })
    }
    /// The model that is needed to render a take and is not in memory.
    pub fn lacks(&self, take: TakeId) -> Option<Model> {
        let session = self.session()?;
        self.making(session, session.take(take)?)?.err()
    }

    /// The editor of this id, for people.
    pub(super) fn model(&self, id: &str) -> Model {
        let offer = self.offers().find(|offer| offer.id == id);
        let name = offer.map_or_else(|| EditorOffer::of_folder(id).name, |o| o.name.clone());
        let tuning = self.models.tunings.get(id);
        Model {
            id: id.to_owned(),
            name,
            with: tuning.map(|tuning| tuning.with.clone()).unwrap_or_default(),
        }
    }

    pub(super) fn list_models(&self) {
        let wanted = self.models.of_last_time.clone();
        let question = loader::Question::List { wanted };
        self.staff.loader.put(loader::Key::List, question);
    }

    pub(super) fn listed(&mut self, offers: Vec<EditorOffer>, gone: Option<String>) {
        self.models
            .folders
            .retain(|folder| offers.iter().all(|offer| offer.id != folder.id));
        self.models.offers = offers;
        if let Some(id) = gone.filter(|id| self.effort.editor.as_ref() == Some(id)) {
            self.effort.editor = None;
            self.models.of_last_time = None;
            self.models.folders.retain(|folder| folder.id != id);
            self.tell(
                MessageKind::Done,
                said!(
                    "{model}, which was chosen last time, is not here any more; the darkroom makes the next takes.",
                    model = self.model(&id).name
                ),
                false,
            );
        }
        if let Some(id) = self.effort.editor.clone() {
            self.list_folder(&id);
        }
    }

    /// A folder that a person chose is on offer from then on.
    fn list_folder(&mut self, id: &str) {
        if self.offers().all(|offer| offer.id != id) {
            self.models.folders.push(EditorOffer::of_folder(id));
        }
    }

    /// Chooses who makes the next takes.
    pub(super) fn choose_editor(&mut self, id: Option<String>) {
        self.models.of_last_time = None;
        if let Some(id) = &id {
            self.load(&self.model(id));
        }
        self.effort.editor = id;
    }

    /// The same, without loading it before it is needed; it may be gone.
    pub(super) fn choose_as_last_time(&mut self, id: String) {
        self.models.of_last_time = Some(id.clone());
        self.effort.editor = Some(id);
        self.list_models();
    }

    /// How a model works from now on.
    pub(super) fn tune(&mut self, id: String, tuning: Tuning) {
        if tuning == Tuning::default() {
            self.models.tunings.remove(&id);
        } else {
            self.models.tunings.insert(id, tuning);
        }
    }

    /// What was set of the editor that makes the turn on the desk.
    pub(super) fn settings_of_next_run(&self) -> EditorSettings {
        let turn = self
            .session()
            .and_then(|session| session.desk().turn.as_ref());
        let model = turn.and_then(|turn| turn.model.as_ref());
        let tuning = model.and_then(|model| self.models.tunings.get(&model.id));
        tuning
            .map(|tuning| tuning.settings.clone())
            .unwrap_or_default()
    }

    /// Has a model in memory, in the place of the one before.
    pub(super) fn load(&mut self, model: &Model) {
        if model.id.is_empty()
            || matches!(
                self.state_of(model),
                EditorState::Ready | EditorState::Loading
            )
        {
            return;
        }
        self.list_folder(&model.id);
        self.end_waiting();
        let ticket = self.fresh();
        let before = self.models.loaded.take();
        self.models.failed = None;
        self.models.loading = Some((ticket, model.clone()));
        let question = loader::Question::Open {
            ticket,
            model: model.clone(),
            before: before.map(|(_, editor)| Arc::downgrade(&editor)),
        };
        self.staff.loader.put(loader::Key::Open, question);
    }

    pub(super) fn editor_opened(&mut self, ticket: u64, result: Result<Arc<dyn Editor>, Said>) {
        let Some((_, model)) = self.models.loading.take_if(|(asked, _)| *asked == ticket) else {
            return;
        };
        let waiting = self.models.waiting.take();
        match result {
            Ok(editor) => {
                let notices = editor.notices();
                self.models.loaded = Some((model.clone(), editor));
                match waiting {
                    Some(Waiting { ticket, run }) => self.begin_waiting(ticket, run),
                    None => self.tell(
                        MessageKind::Done,
                        said!("{model} is ready.", model = model.name),
                        false,
                    ),
                }
                for notice in notices {
                    self.tell(MessageKind::Done, notice, false);
                }
                self.remake_the_sheet();
            }
            Err(sentence) => {
                let text = said!(
                    "{model} could not be loaded: {sentence}",
                    model = model.name.clone(),
                    sentence
                );
                self.models.failed = Some((model, text.clone()));
                match waiting {
                    Some(waiting) => self.run_ended(waiting.ticket, RunEnd::Refused(text)),
                    None => self.complain(text),
                }
            }
        }
    }

    /// What was waited for is there.
    fn begin_waiting(&mut self, ticket: u64, mut run: PreparedRun) {
        if run.question.stop.load(Ordering::Relaxed) {
            return;
        }
        if let Some(running) = self.running_mut(ticket) {
            running.loading = false;
            // what may take so long is the run: a model may take its time
            let waited = running.begun.elapsed();
            run.question.until = run.question.until.map(|until| until + waited);
            running.begun = Instant::now();
        }
        match self.question(run) {
            Ok(question) => {
                self.staff.maker.put((), question);
            }
            Err(model) => self.run_ended(ticket, RunEnd::Refused(not_loaded(&model))),
        }
    }

    /// Asks the maker at once, or when the model that the run needs is there.
    pub(super) fn ask_maker(&mut self, ticket: u64, needs: Option<Model>, run: PreparedRun) {
        let ready = |model: &Model| self.state_of(model) == EditorState::Ready;
        match needs.filter(|model| !ready(model)) {
            None => self.begin_waiting(ticket, run),
            Some(model) => {
                if let Some(running) = self.running_mut(ticket) {
                    running.loading = true;
                }
                self.load(&model);
                self.end_waiting();
                self.models.waiting = Some(Waiting { ticket, run });
            }
        }
    }

    /// A run whose model gives way to another one's, or to another photo's run, ends before it began.
    fn end_waiting(&mut self) {
        if let Some(waiting) = self.models.waiting.take() {
            self.run_ended(waiting.ticket, RunEnd::Stopped);
        }
    }

    /// A run that was stopped waits for nothing.
    pub(super) fn wait_no_more(&mut self, ticket: u64) {
        self.models
            .waiting
            .take_if(|waiting| waiting.ticket == ticket);
    }

    fn question(&self, run: PreparedRun) -> Result<maker::Question, Model> {
        let PreparedRun {
            model,
            below,
            mut question,
        } = run;
        question.editor = self.editor_for(model.as_ref(), None)?;
        question.grounds = self.grounds(below)?;
        Ok(question)
    }

    /// The editor of this name, or the name when it is not in memory.
    pub(super) fn editor_for(
        &self,
        model: Option<&Model>,
        made: Option<&Provenance>,
    ) -> Result<Arc<dyn Editor>, Model> {
        let Some(model) = model else {
            return Ok(self.kit.editor.clone());
        };
        match &self.models.loaded {
            Some((loaded, editor))
                if loaded.same(model)
                    // an export of another machine knows the kind alone
                    || model.id.is_empty()
                        && made.is_some_and(|made| made.editor == editor.info().id) =>
            {
                Ok(editor.clone())
            }
            _ => Err(model.clone()),
        }
    }

    /// Says that the darkroom cannot do this, and offers to switch to an editor that can.
    pub(super) fn refuse_for_the_darkroom(&mut self, words: String) {
        let loaded = self.models.loaded.as_ref().map(|(model, _)| model.clone());
        let first = self.offers().next().map(|offer| self.model(&offer.id));
        let Some(model) = loaded.or(first) else {
            return self.complain(said!(
                "“{words}” needs new content, which the darkroom cannot make; a diffusion editor is needed for it. Take those words out to run the rest.",
                words
            ));
        };
        self.complain(said!(
            "“{words}” needs new content, which the darkroom cannot make. {model} can try it; or take those words out to run the rest.",
            words,
            model = model.name
        ));
        if let Some(message) = self.messages.last_mut() {
            message.offer = Some(Offer::Switch(model.id));
        }
    }

    /// Says which model is needed and offers to load it.
    pub(super) fn ask_to_load(&mut self, model: &Model) {
        self.complain(not_loaded(model));
        if let Some(message) = self.messages.last_mut()
            && !model.id.is_empty()
        {
            message.offer = Some(Offer::Load(model.clone()));
        }
    }

    fn running_mut(&mut self, ticket: u64) -> Option<&mut crate::Running> {
        self.asked(ticket, 0)
            .and_then(|(session, _)| session.running.as_mut())
    }
}

fn not_loaded(model: &Model) -> Said {
    said!(
        "This take was made by {model}, which is not loaded.",
        model = model.name.clone()
    )
}
