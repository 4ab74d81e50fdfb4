export * from "../../bundles/editor.js";
