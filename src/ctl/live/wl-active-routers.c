/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-active-routers.h"

#include <string.h>

#include "wl-units.h"

GPtrArray *
wl_active_routers_list(const WlActiveProfile *profile)
{
    g_autoptr(GVariant) paths = wl_property_value(profile->link, "RouterSet", "ao");
    GPtrArray *routers = g_ptr_array_new();

    for (gsize i = 0; paths && i < g_variant_n_children(paths); i++) {
        const WlActivePeer *peer;
        const char *path;

        g_variant_get_child(paths, i, "&o", &path);
        peer = wl_active_profile_find_peer(profile, path);
        if (peer)
            g_ptr_array_add(routers, (gpointer) peer);
    }
    return routers;
}

const WlActivePeer *
wl_active_routers_current(const WlActiveProfile *profile)
{
    return wl_active_profile_find_peer(profile, wl_property_string(profile->link, "Router"));
}

char *
wl_active_routers_reason(const WlActiveProfile *profile, gint64 now)
{
    static const struct {
        const char *id, *sentence;
    } reasons[] = {
        {"first", "it is the first of the profile"},
        {"preferred", "it was chosen with wirelinkctl router"},
        {"others-silent", "those before it do not answer"},
        {"returns", "one before it answers again, and is used when it has for a while"},
    };
    const char *id = wl_property_string(profile->link, "RouterReason");
    gint64 since = wl_property_int(profile->link, "RouterSince");
    g_autofree char *age = wl_units_age(since, now);

    for (guint i = 0; i < G_N_ELEMENTS(reasons); i++) {
        if (strcmp(reasons[i].id, id) == 0)
            return since > 0 ? g_strdup_printf("since %s, because %s", age, reasons[i].sentence)
                             : g_strdup_printf("because %s", reasons[i].sentence);
    }
    return g_strdup("");
}
