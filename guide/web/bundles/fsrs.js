// When a flashcard comes back: the scheduler FSRS.
export { createEmptyCard, fsrs } from "ts-fsrs";
