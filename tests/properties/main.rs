//! Properties: what must hold whatever people and chance do. Each file is one subject.

mod domain;
