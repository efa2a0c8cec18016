/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-fact-set-local.h"

#include "state/wl-fact-set-private.h"
#include "state/wl-fact-set-renewal.h"

void
wl_fact_set_local_begin(WlFactSet *self)
{
    self->mark++;
    self->local_changed = FALSE;
}

void
wl_fact_set_local_add(WlFactSet *self, const WlFact *fact, gint64 now)
{
    WlFactEntry *entry = wl_fact_set_lookup(self, fact);

    if (!entry)
        entry = wl_fact_set_add_entry(self, fact);
    entry->mark = self->mark;
    if (entry->local)
        return;
    entry->local = TRUE;
    self->local_changed = TRUE;
    wl_fact_set_mark_changed(self, entry, now);
}

gboolean
wl_fact_set_local_end(WlFactSet *self, const WlKey *subject, gint64 now)
{
    const GPtrArray *about = wl_fact_set_about(self, subject);

    for (guint i = about ? about->len : 0; i-- > 0;) {
        WlFactEntry *entry = about->pdata[i];

        if (!entry->local || entry->mark == self->mark)
            continue;
        self->local_changed = TRUE;
        entry->local = FALSE;
        /* An endpoint that this member no longer originates must not be relayed either
         * (docs/protocol.md 5.3.5). Prefixes and membership stay while another source advertises
         * them. */
        while (wl_fact_is_endpoint(&entry->fact) && entry->sources->len > 0)
            wl_fact_set_remove_source(self, entry, entry->sources->len - 1);
        if (entry->sources->len == 0)
            wl_fact_set_remove_entry(self, entry);
        else
            wl_fact_set_mark_changed(self, entry, now);
        about = wl_fact_set_about(self, subject);
    }
    return self->local_changed;
}
