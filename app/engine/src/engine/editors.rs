//! Editors beside the built-in one: which is chosen, whether it is in memory, and runs that wait for one.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use retake_core::{Editor, EditorInfo, Provenance, Said, said};

use super::ways::Below;
use super::{Engine, MessageKind, Offer};
use crate::actors::{loader, maker};
use crate::event::RunEnd;
use crate::{EditorOffer, EditorState, Model, TakeId};

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
    failed: Option<(String, Said)>,
    /// a run that begins when the one on its way is there
    waiting: Option<Waiting>,
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
    /// How it stands with an editor beside the built-in one, by the id of its offer.
    pub fn editor_state(&self, id: &str) -> EditorState {
        let models = &self.models;
        if models.loading.as_ref().is_some_and(|(_, m)| m.id == id) {
            return EditorState::Loading;
        }
        if models.loaded.as_ref().is_some_and(|(m, _)| m.id == id) {
            return EditorState::Ready;
        }
        match &models.failed {
            Some((failed, why)) if failed == id => EditorState::Failed(why.clone()),
            _ => EditorState::Away,
        }
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
            draft.ready() || self.takes_any_sentence() && !draft.text().trim().is_empty()
        })
    }
    /// The model that is needed to render a take and is not in memory.
    pub fn lacks(&self, take: TakeId) -> Option<Model> {
        let session = self.session()?;
        self.making(session, session.take(take)?)?.err()
    }

    /// The editor of this id, for people.
    fn model(&self, id: &str) -> Model {
        let offer = self.offers().find(|offer| offer.id == id);
        let name = offer.map_or_else(|| EditorOffer::of_folder(id).name, |o| o.name.clone());
        Model {
            id: id.to_owned(),
            name,
        }
    }

    pub(super) fn list_models(&self) {
        self.staff
            .loader
            .put(loader::Key::List, loader::Question::List);
    }

    pub(super) fn listed(&mut self, offers: Vec<EditorOffer>) {
        self.models
            .folders
            .retain(|folder| offers.iter().all(|offer| offer.id != folder.id));
        self.models.offers = offers;
    }

    /// Chooses who makes the next takes.
    pub(super) fn choose_editor(&mut self, id: Option<String>) {
        if let Some(id) = &id {
            self.load(id);
        }
        self.effort.editor = id;
    }

    /// Has a model in memory, in the place of the one before.
    pub(super) fn load(&mut self, id: &str) {
        if id.is_empty()
            || matches!(
                self.editor_state(id),
                EditorState::Ready | EditorState::Loading
            )
        {
            return;
        }
        if self.offers().all(|offer| offer.id != id) {
            self.models.folders.push(EditorOffer::of_folder(id));
        }
        self.end_waiting();
        let ticket = self.fresh();
        let model = self.model(id);
        let before = self.models.loaded.take();
        self.models.failed = None;
        self.models.loading = Some((ticket, model));
        let question = loader::Question::Open {
            ticket,
            id: id.to_owned(),
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
                self.models.loaded = Some((model.clone(), editor));
                match waiting {
                    Some(Waiting { ticket, run }) => self.begin_waiting(ticket, run),
                    None => self.tell(
                        MessageKind::Done,
                        said!("{model} is ready.", model = model.name),
                        false,
                    ),
                }
                self.remake_the_sheet();
            }
            Err(sentence) => {
                let text = said!(
                    "{model} could not be loaded: {sentence}",
                    model = model.name,
                    sentence
                );
                self.models.failed = Some((model.id, text.clone()));
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
        let ready = |model: &Model| self.editor_state(&model.id) == EditorState::Ready;
        match needs.filter(|model| !ready(model)) {
            None => self.begin_waiting(ticket, run),
            Some(model) => {
                if let Some(running) = self.running_mut(ticket) {
                    running.loading = true;
                }
                self.load(&model.id);
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
                if loaded.id == model.id
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
            message.offer = Some(Offer::Load(model.id.clone()));
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
