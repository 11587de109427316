/* Everything the pages need in the browser. Each module watches for its own attribute and works after htmx swaps. */
import "./lib/theme-switch.js";
import "./lib/menus.js";
import "./lib/dialogs.js";
import "./lib/toasts.js";
import "./lib/forms.js";
import "./lib/drafts.js";
import "./lib/tokens.js";
import "./lib/conflict.js";
import "./lib/session.js";
import "./lib/keys.js";
import "./lib/formsets.js";
import "./lib/tabs.js";
import "./lib/offline.js";
import "./lib/copy.js";
