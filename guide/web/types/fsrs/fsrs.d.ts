export * from "../../bundles/fsrs.js";
