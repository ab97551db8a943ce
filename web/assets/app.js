// Everything the pages do in the browser beyond what HTML does by itself. Every page works without it.
import { createAll, initAll } from "govuk-frontend";
import { Alert, ButtonMenu, DatePicker, SortableTable } from "@ministryofjustice/frontend";
import { startBusyForms } from "./busy.js";
import { startEditors } from "./editor.js";

initAll();
for (const component of [Alert, ButtonMenu, DatePicker, SortableTable]) {
  createAll(component);
}
startEditors();
startBusyForms();
