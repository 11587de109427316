/* Calendar and timeline: panel beside the page, moving bars by mouse and keyboard, undo. All of it also works
   by the panel's form without this script. */
import "./lib/plan-panel.js";
import "./lib/plan-drag.js";
import "./lib/plan-keys.js";
