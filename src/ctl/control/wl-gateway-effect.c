/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What becomes of offer-exit and shared-networks. Errors are of WL_CTL_ERROR.
 */
#include "wl-gateway-effect.h"

#include <stdio.h>
#include <string.h>

#include "wl-display.h"

#define MAX_NAME 80  /* columns */
#define MAX_NOTE 300 /* of a limitation */
#define GATEWAY  "gateway"

typedef struct {
    gboolean (*is_done)(const WlActiveProfile *active, gpointer user_data);
    gpointer user_data;
    char *refused; /* why the kernel refuses it, or NULL */
} Effect;

static char *
find_limitation(const WlActiveProfile *active)
{
    g_autoptr(GVariant) pairs = wl_property_value(active->link, "Limitations", "a(ss)");
    const char *id, *text;

    for (gsize i = 0; pairs && i < g_variant_n_children(pairs); i++) {
        g_variant_get_child(pairs, i, "(&s&s)", &id, &text);
        if (strcmp(id, GATEWAY) == 0)
            return wl_display_quote(text, MAX_NOTE);
    }
    return NULL;
}

/* A limitation may be left from before, until the change is carried out: then it is gone at once.
 */
static gboolean
is_settled(const WlActiveProfile *active, gpointer user_data)
{
    Effect *self = user_data;

    g_clear_pointer(&self->refused, g_free);
    if (self->is_done(active, self->user_data))
        return TRUE;
    self->refused = find_limitation(active);
    return FALSE;
}

WlExit
wl_gateway_effect_wait(const WlProfileEdits *edits, const WlProfileEdit *edit,
                       gboolean (*is_done)(const WlActiveProfile *active, gpointer user_data),
                       gpointer user_data, GError **error)
{
    Effect effect = {is_done, user_data, NULL};
    g_autofree char *id = wl_display_quote(edit->id, MAX_NAME);
    WlEditEffect result = wl_profile_edit_wait(edits, edit, is_settled, &effect);
    g_autofree char *refused = effect.refused;

    if (result == WL_EDIT_APPLIED)
        return WL_EXIT_OK;
    if (result == WL_EDIT_STORED) {
        printf("This is stored in \"%s\", which is not active.\n", id);
        return WL_EXIT_NOTHING;
    }
    if (refused)
        g_set_error(error, WL_CTL_ERROR, WL_EXIT_FAILURE, "this is stored in \"%s\", but %s", id,
                    refused);
    else
        g_set_error(error, WL_CTL_ERROR, WL_EXIT_FAILURE,
                    "this is stored in \"%s\", but its service has not applied it: see wirelinkctl "
                    "doctor",
                    id);
    return WL_EXIT_FAILURE;
}
