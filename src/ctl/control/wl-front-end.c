/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds a profile by its name among those of NetworkManager and those of wirelinkd.
 */
#include "wl-front-end.h"

#include <string.h>

#include "wl-display.h"
#include "wl-exit.h"
#include "wl-unit.h"

#define MAX_NAME 80 /* columns */

static const WlStoredProfile *
find_stored(const GPtrArray *stored, const char *name)
{
    for (guint i = 0; i < stored->len; i++) {
        const WlStoredProfile *profile = stored->pdata[i];

        if (strcmp(profile->id, name) == 0 || strcmp(profile->uuid, name) == 0)
            return profile;
    }
    return NULL;
}

gboolean
wl_front_end_find(WlFrontEnd *self, GDBusConnection *bus, const char *name, GError **error)
{
    g_autofree char *shown = wl_display_quote(name, MAX_NAME);
    WlUnitFile file = wl_unit_find_file(name);

    *self = (WlFrontEnd){.stored = wl_stored_profiles_load(bus)};
    self->profile = find_stored(self->stored, name);
    if (self->profile && file == WL_UNIT_FILE_EXISTS && strcmp(self->profile->id, name) == 0) {
        g_set_error(error, WL_CTL_ERROR, WL_EXIT_FAILURE,
                    "both NetworkManager and wirelinkd have a profile \"%s\"; name the UUID %s for "
                    "the first, or use systemctl with wirelinkd@%s for the second",
                    shown, self->profile->uuid, shown);
        return FALSE;
    }
    if (self->profile)
        return TRUE;
    self->file = name;
    if (file != WL_UNIT_FILE_MISSING)
        return TRUE;
    g_set_error(error, WL_CTL_ERROR, WL_EXIT_NOTHING,
                "no wirelink profile is named \"%s\": nmcli connection show lists those of "
                "NetworkManager, and " WL_CONFIG_DIR " has no file %s.wirelink",
                shown, shown);
    return FALSE;
}

void
wl_front_end_clear(WlFrontEnd *self)
{
    g_clear_pointer(&self->stored, g_ptr_array_unref);
}
