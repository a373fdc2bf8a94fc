//! One round of publication of an issuer: the complete CRL, its delta and the partitions it touches, all with one
//! number and one thisUpdate. Each is written, signed, gated, published and read back by itself, the complete one
//! first, so that a delta or partition that cannot be made keeps nothing from being on the complete CRL.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::instant::SECOND;
use crate::domain::{CertificateKey, CrlNumber, Serial, Timestamp};
use crate::pki::gate::base::agree;
use crate::pki::gate::{Gate, Predecessor};
use crate::pki::plan::{self, CrlPeriod, CrlPlan, CrlTerms, DistributionPointUri};
use crate::pki::publish::PublishingFolder;
use crate::pki::signer::CrlSigner;
use crate::pki::write::{SignedCrl, TbsWriter};
use crate::store::{
    CrlKind, CrlNumbers, CrlRecord, DeltaSettings, PartitionSettings, Reader, StoreError,
};

use super::entries::{EntriesOfPoint, since};
use super::failed;
use super::highest::highest;
use super::settle::{News, Outcome, news, waiting};
use super::target::Target;
use super::terms::{delta_period, period};
use crate::desk::issuers::IssuerState;
use crate::desk::{Desk, DeskError};

/// Why a round is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::desk) enum Occasion {
    /// Something was revoked or released, or somebody asked: the complete CRL, its delta, and the partitions touched.
    Event,
    /// By schedule: all of them. Only after this may ended certificates leave.
    Regular,
    /// By schedule: the delta alone.
    DeltaOnly,
}

/// What the CRLs of one round have in common.
pub(super) struct Round<'a> {
    desk: &'a Desk,
    state: &'a IssuerState,
    signer: Arc<dyn CrlSigner>,
    folder: PublishingFolder,
    /// One snapshot for everything that is written.
    reader: Reader,
    number: CrlNumber,
    this_update: Timestamp,
    /// The latest thisUpdate that was signed, and the latest decision.
    follows: Option<Timestamp>,
    occasion: Occasion,
    /// Certificates that ended before this are on no list any more.
    dropped_before: Option<Timestamp>,
}

/// What a round came to: what can be settled, and the first thing that could not be made.
pub(super) struct Made {
    pub outcome: Outcome,
    pub problem: Option<DeskError>,
    /// The snapshot that was written.
    reader: Reader,
    /// Distribution points whose lists were to be renewed and were not.
    not_told: BTreeSet<String>,
}

impl Made {
    /// What waited when the list was read and is now wherever it belongs. Whoever asks at a distribution point that
    /// was not renewed still hears the old news.
    pub fn news(&self) -> impl Iterator<Item = Result<News, DeskError>> + '_ {
        let told = |one: &News| told_everywhere(&self.reader, one.key(), &self.not_told);
        news(&self.reader, self.outcome.issuer).filter_map(move |one| match one {
            Ok(one) => told(&one).map(|told| told.then_some(one)).transpose(),
            Err(error) => Some(Err(error.into())),
        })
    }
}

impl<'a> Round<'a> {
    /// Reserves a number above everything that was ever signed, and takes the snapshot.
    pub fn begin(
        desk: &'a Desk,
        state: &'a IssuerState,
        signer: Arc<dyn CrlSigner>,
        occasion: Occasion,
    ) -> Result<Self, DeskError> {
        let folder = PublishingFolder::open(&desk.crl_folder()).map_err(failed)?;
        let issuer = state.record.id;
        let last = highest(desk, state, &*signer, &folder)?;
        let number = desk.reserve(issuer, last.map_or(CrlNumber::ZERO, |head| head.number))?;
        let reader = desk.inner.store.read()?;
        let now = desk.now().whole_second();
        let mut follows = last.map(|last| last.this_update);
        for entry in waiting(&reader, issuer) {
            follows = follows.max(Some(entry?.facts.date));
        }
        // After the clock went back, one second after the last list (DOMAIN.md "Clock"), and after what was
        // decided before it went back: no entry is younger than its list.
        let this_update = match follows {
            Some(last) if now < last => last.plus(SECOND).whole_second(),
            _ => now,
        };
        Ok(Self {
            desk,
            state,
            signer,
            folder,
            number,
            this_update,
            follows,
            occasion,
            dropped_before: reader.crl_numbers(issuer)?.dropped_before,
            reader,
        })
    }

    /// Makes and publishes what the occasion asks for. An error means that the complete CRL was not published; what
    /// could not be made beside it stands in the result.
    pub fn run(self) -> Result<Made, DeskError> {
        let settings = &self.state.record.settings;
        let numbers = self.reader.crl_numbers(self.state.record.id)?;
        let with_complete = self.occasion != Occasion::DeltaOnly;
        let regular = self.occasion == Occasion::Regular;
        let mut records = Vec::new();
        let mut problem = None;

        let base = self.base(&numbers)?;
        if with_complete {
            // What deltas refer to, now or after the next regular list.
            let needed = [base, numbers.regular.filter(|_| settings.delta.is_some())];
            records.push(self.complete(base.is_some(), &needed)?);
        }
        let mut next_base = match numbers.regular {
            // A relying party may still hold any complete CRL since the last but one made by schedule.
            Some(last) if regular && base.is_some_and(|base| base < last) => Some(last),
            _ => base.or(with_complete.then_some(self.number)),
        };
        if let (Some(delta), Some(base)) = (&settings.delta, base) {
            match self.delta(delta, base) {
                Ok(record) => records.push(record),
                Err(error) => {
                    // The next one begins afresh, whatever is wrong with this base.
                    next_base = with_complete.then_some(self.number);
                    problem = Some(error);
                }
            }
        }
        let mut not_told = BTreeSet::new();
        if with_complete {
            for partition in self.touched()? {
                match self.partition(partition) {
                    Ok(record) => records.push(record),
                    Err(error) => {
                        not_told.insert(partition.uri.clone());
                        problem.get_or_insert(error);
                    }
                }
            }
        }
        // A clock that is behind says nothing of what has ended.
        let clean = problem.is_none() && self.this_update <= self.desk.now();
        let drops = regular && clean && !self.desk.policy().keep_expired;
        let outcome = Outcome {
            issuer: self.state.record.id,
            records,
            complete: with_complete.then_some(self.number),
            delta: settings.delta.is_some(),
            base: next_base.filter(|_| settings.delta.is_some()),
            drop_ended_before: drops.then_some(self.this_update),
        };
        Ok(Made {
            outcome,
            problem,
            reader: self.reader,
            not_told,
        })
    }

    /// The complete CRL that this round's delta refers to: the one in use, or, where its file is gone, the last.
    fn base(&self, numbers: &CrlNumbers) -> Result<Option<CrlNumber>, DeskError> {
        let settings = &self.state.record.settings;
        let Some(delta) = &settings.delta else {
            return Ok(None);
        };
        let complete = Target::complete(settings)?;
        let candidates = [numbers.base, numbers.published];
        Ok(candidates
            .into_iter()
            .flatten()
            .find(|number| *number >= delta.since && self.desk.kept(&complete, *number).is_some()))
    }

    /// The partitions to renew: all of them by schedule, otherwise those that certificates waiting or gone name, new
    /// ones, and those of which another list is out than the database knows.
    fn touched(&self) -> Result<Vec<&'a PartitionSettings>, DeskError> {
        let partitions = &self.state.record.settings.partitions;
        if self.occasion == Occasion::Regular || partitions.is_empty() {
            return Ok(partitions.iter().collect());
        }
        let mut named = BTreeSet::new();
        for one in news(&self.reader, self.state.record.id) {
            let one = one?;
            for partition in partitions {
                if !named.contains(&partition.uri)
                    && self.reader.is_member(one.key(), &partition.uri)?
                {
                    named.insert(partition.uri.clone());
                }
            }
        }
        let mut touched = Vec::new();
        for partition in partitions {
            let kind = Target::partition(partition)?.kind;
            let last = self.reader.last_crl(self.state.record.id, &kind)?;
            if self.is_other(partition, last.as_ref()) || named.contains(&partition.uri) {
                touched.push(partition);
            }
        }
        Ok(touched)
    }

    /// Whether what stands published of a partition is not what the database knows: nothing yet, or, after a restore,
    /// what was published since the backup. What cannot be read is found out when it is to be replaced.
    fn is_other(&self, partition: &PartitionSettings, last: Option<&CrlRecord>) -> bool {
        let Some(last) = last else {
            return true;
        };
        let target = Target::partition(partition);
        let standing = target.map(|target| {
            let issuer = self.state.record.id;
            self.desk
                .standing(&self.folder, &self.reader, issuer, &target)
        });
        matches!(standing, Ok(Ok(Some(standing))) if standing.head.number != last.number)
    }

    fn complete(
        &self,
        with_delta: bool,
        needed: &[Option<CrlNumber>],
    ) -> Result<CrlRecord, DeskError> {
        let (issuer, settings) = (self.state.record.id, &self.state.record.settings);
        let target = Target::complete(settings)?;
        let freshest = settings.delta.as_ref().filter(|_| with_delta);
        let terms = CrlTerms {
            freshest_crl: freshest.and_then(|delta| DistributionPointUri::parse(&delta.url)),
            ..self.terms(plan::CrlKind::Complete)
        };
        let draft = Draft {
            target,
            terms,
            period: period(settings, &self.desk.settings())?,
            octets: self.reader.revoked_totals(issuer)?.bytes,
        };
        let signed = self.sign(&draft, |writer| {
            let runs = self.reader.revoked_runs()?;
            runs.of(issuer)?
                .try_for_each(|run| writer.push(run?.as_ref()).map_err(failed))
        })?;
        let needed: Vec<_> = needed.iter().flatten().copied().collect();
        let runs = self.reader.revoked_runs()?;
        self.publish(&draft, &signed, runs.of(issuer)?, |_| Ok(()), &needed)
    }

    fn delta(&self, delta: &DeltaSettings, base: CrlNumber) -> Result<CrlRecord, DeskError> {
        let issuer = self.state.record.id;
        let entries = || since(&self.reader, issuer, base, self.this_update);
        let draft = Draft {
            target: Target::new(CrlKind::Delta { base }, &delta.file_name)?,
            terms: self.terms(plan::CrlKind::Delta { base }),
            period: delta_period(delta)?,
            octets: 0,
        };
        let signed = self.sign(&draft, |writer| {
            entries().try_for_each(|entry| writer.push(&entry?).map_err(failed))
        })?;
        let complete = Target::complete(&self.state.record.settings)?;
        let agrees = |signed: &SignedCrl| {
            let file = self
                .desk
                .kept(&complete, base)
                .ok_or_else(|| DeskError::Publish(format!("the base CRL {base} is gone")))?;
            let runs = self.reader.revoked_runs()?;
            agree(&file, base, signed, runs.of(issuer)?).map_err(failed)
        };
        self.publish(&draft, &signed, entries(), agrees, &[])
    }

    fn partition(&self, partition: &PartitionSettings) -> Result<CrlRecord, DeskError> {
        let issuer = self.state.record.id;
        let uri = DistributionPointUri::parse(&partition.uri)
            .ok_or_else(|| DeskError::bad_value("distribution point", "a URI"))?;
        let draft = Draft {
            target: Target::partition(partition)?,
            terms: self.terms(plan::CrlKind::Partition { uri }),
            period: period(&self.state.record.settings, &self.desk.settings())?,
            octets: 0,
        };
        let listed = || EntriesOfPoint::new(&self.reader, issuer, &partition.uri);
        let signed = self.sign(&draft, |writer| {
            listed().try_for_each(|entry| writer.push(&entry?).map_err(failed))
        })?;
        self.publish(&draft, &signed, listed(), |_| Ok(()), &[])
    }

    fn terms(&self, kind: plan::CrlKind) -> CrlTerms {
        let keeps = self.desk.policy().keep_expired && !matches!(kind, plan::CrlKind::Delta { .. });
        CrlTerms {
            number: self.number,
            this_update: self.this_update,
            kind,
            freshest_crl: None,
            // Back to the CA's own beginning, or to what was let go of last.
            expired_certs_on_crl: keeps.then(|| {
                let begin = self.state.issuer.not_before();
                self.dropped_before.map_or(begin, |time| time.max(begin))
            }),
        }
    }

    /// Writes what `fill` pushes, and signs it.
    fn sign(
        &self,
        draft: &Draft,
        fill: impl FnOnce(&mut TbsWriter) -> Result<(), DeskError>,
    ) -> Result<SignedCrl, DeskError> {
        let plan =
            CrlPlan::new(&self.state.writer, draft.period, draft.terms.clone()).map_err(failed)?;
        let octets = usize::try_from(draft.octets).unwrap_or(usize::MAX);
        let algorithm = self.signer.algorithm_identifier().map_err(failed)?;
        let mut writer = TbsWriter::begin(&plan, algorithm, octets).map_err(failed)?;
        fill(&mut writer)?;
        let tbs = writer.finish().map_err(failed)?;
        let signature = self.signer.sign_crl(tbs.as_bytes())?;
        tbs.complete(&signature).map_err(failed)
    }

    /// Lets a signed CRL through the gate and `also`, puts it in place of the published one, and keeps a copy.
    /// `entries`: what must be on it and nothing else.
    fn publish<B: AsRef<[u8]>>(
        &self,
        draft: &Draft,
        signed: &SignedCrl,
        entries: impl Iterator<Item = Result<B, StoreError>>,
        also: impl FnOnce(&SignedCrl) -> Result<(), DeskError>,
        needed: &[CrlNumber],
    ) -> Result<CrlRecord, DeskError> {
        let target = &draft.target;
        let issuer = self.state.record.id;
        let standing = self
            .desk
            .standing(&self.folder, &self.reader, issuer, target)?;
        let last = self.reader.last_crl(issuer, &target.kind)?;
        let predecessor = match (&standing, last) {
            // A delta on another base says other things.
            (Some(standing), _) if standing.base != draft.base() => Predecessor::Lost {
                last_number: standing.head.number,
            },
            (Some(standing), _) => Predecessor::Published(&standing.file),
            (None, Some(last)) => Predecessor::Lost {
                last_number: last.number,
            },
            (None, None) => Predecessor::None,
        };
        // What cannot be looked up did not leave: the gate then refuses.
        let left = |serial: &Serial| {
            let serial = serial.clone();
            let left = self.reader.left_entry(&CertificateKey { issuer, serial });
            left.is_ok_and(|left| left.is_some())
        };
        let passed = Gate {
            issuer: &self.state.writer,
            now: self.desk.now(),
            predecessor,
            follows: self.follows,
            may_leave: left,
        }
        .examine(signed, entries)
        .map_err(|refusal| DeskError::Publish(refusal.to_string()))?;
        also(signed)?;
        let der = signed.as_bytes();
        let file = self.folder.publish(&target.name, der).map_err(failed)?;
        // A full history disk must not stop a publication: what is published counts, the copy is kept if it can be.
        let copy = self.desk.keep_copy(target, passed.number, der, needed);
        Ok(CrlRecord {
            issuer,
            kind: target.kind.clone(),
            number: passed.number,
            this_update: passed.this_update,
            next_update: passed.next_update,
            entries: passed.entries,
            bytes: der.len() as u64,
            sha256: file.sha256,
            file: copy,
            published_at: self.desk.now(),
            regular: self.occasion == Occasion::Regular,
        })
    }
}

/// A CRL about to be written.
struct Draft {
    target: Target,
    terms: CrlTerms,
    period: CrlPeriod,
    /// How many octets the entries take together, as a hint.
    octets: u64,
}

impl Draft {
    const fn base(&self) -> Option<CrlNumber> {
        match self.terms.kind {
            plan::CrlKind::Delta { base } => Some(base),
            _ => None,
        }
    }
}

/// Whether the certificate's entry belongs to no list of `not_told`.
fn told_everywhere(
    reader: &Reader,
    key: &CertificateKey,
    not_told: &BTreeSet<String>,
) -> Result<bool, DeskError> {
    for uri in not_told {
        if reader.is_member(key, uri)? {
            return Ok(false);
        }
    }
    Ok(true)
}
