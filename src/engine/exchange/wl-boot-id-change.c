/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-engine-private.h"

void
wl_engine_update_boot_id(WlEngine *self)
{
    if (!self->boot_id_wanted)
        return;
    if (self->now < self->boot_id_made + WL_BOOT_ID_INTERVAL) {
        wl_engine_need(self, self->boot_id_made + WL_BOOT_ID_INTERVAL);
        return;
    }
    wl_boot_id_make(&self->boot_id, self->random, self->random_data);
    self->boot_id_made = self->now;
    self->boot_id_wanted = FALSE;
    /* A change says nothing until it is sent (docs/protocol.md 12.3). */
    wl_engine_touch_all(self);
    for (guint i = 0; i < self->peers->len; i++)
        ((WlPeer *) self->peers->pdata[i])->alive_known = 0;
}
