/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What the service says, in the language of the user. */

#include <string.h>

#include <glib/gi18n-lib.h>

#include "wl-editor-live.h"
#include "wl-editor-trust.h"
#include "wl-reason.h"

#define MOST_LINES 12 /* of what was told of one member */

const char *
wl_editor_live_state_title(const char *state)
{
    static const struct {
        const char *state, *title;
    } titles[] = {
        {"direct-lan", N_("Direct in the LAN")},
        {"direct", N_("Direct")},
        {"routed", N_("Through a router")},
        {"connecting", N_("Connecting")},
        {"offline", N_("Offline")},
    };

    for (guint i = 0; i < G_N_ELEMENTS(titles); i++) {
        if (g_str_equal(titles[i].state, state))
            return _(titles[i].title);
    }
    return state;
}

/* "AllowedIPs" as it is called here. */
static const char *
title_of_trust(const char *word)
{
    for (int level = WL_PROFILE_TRUST_UNTRUSTED; level <= WL_PROFILE_TRUST_DELEGATE_TRUST;
         level++) {
        if (g_str_equal(wl_profile_trust_to_string((WlProfileTrust) level), word))
            return wl_editor_trust_title((WlProfileTrust) level);
    }
    return word;
}

char *
wl_editor_live_sentence(const char *id, const char *const *arguments, const char *english)
{
    const char *template = wl_reason_find_template(id);
    const char *filled[WL_REASON_MAX_ARGUMENTS + 1] = {NULL};

    if (!template)
        return g_strdup(english);
    for (guint i = 0; i < WL_REASON_MAX_ARGUMENTS && arguments && arguments[i]; i++)
        filled[i] = wl_reason_is_trust(id, i) ? title_of_trust(arguments[i]) : arguments[i];
    return wl_reason_fill(_(template), filled);
}

static char *
capitalize(const char *sentence)
{
    g_autofree char *first = g_strndup(sentence, (gsize) (g_utf8_next_char(sentence) - sentence));
    g_autofree char *upper = *sentence ? g_utf8_strup(first, -1) : g_strdup("");

    return g_strconcat(upper, sentence + strlen(first), NULL);
}

char *
wl_editor_live_dup_summary(const WlEditorLivePeer *peer)
{
    const char *title = wl_editor_live_state_title(peer->state);

    if (!*peer->reason)
        return g_strdup(title);
    /* These say the state themselves. */
    if (g_str_has_prefix(peer->reason_id, "direct"))
        return capitalize(peer->reason);
    /* Translators: a state and why, as in "Connecting: 2 addresses to try" */
    return g_strdup_printf(_("%s: %s"), title, peer->reason);
}

static char *
describe(const WlEditorLiveFact *fact)
{
    const char *source = *fact->source_name ? fact->source_name : fact->source;

    if (g_str_equal(fact->attribute, "endpoint"))
        return g_strdup_printf(_("Endpoint %s, told by %s"), fact->value, source);
    if (g_str_equal(fact->attribute, "allowed-ips"))
        return g_strdup_printf(_("Allowed IP %s, told by %s"), fact->value, source);
    return g_strdup_printf(_("Named as a member by %s"), source);
}

char *
wl_editor_live_dup_told(const WlEditorLive *live, const char *public_key)
{
    const GPtrArray *facts = wl_editor_live_get_facts(live, public_key);
    g_autoptr(GString) text = g_string_new(NULL);
    guint n_lines = 0;

    for (guint i = 0; facts && i < facts->len; i++) {
        const WlEditorLiveFact *fact = facts->pdata[i];
        g_autofree char *line = NULL;

        /* Without source it is what the profile says. */
        if (!*fact->source || n_lines++ >= MOST_LINES)
            continue;
        line = describe(fact);
        g_string_append_printf(text, "%s%s", text->len ? "\n" : "", line);
        if (!fact->accepted)
            g_string_append_printf(text, "; %s", fact->rule);
    }
    if (n_lines > MOST_LINES) {
        guint more = n_lines - MOST_LINES;

        g_string_append_c(text, '\n');
        g_string_append_printf(
            text, g_dngettext(GETTEXT_PACKAGE, "and %u more", "and %u more", more), more);
    }
    return text->len ? g_strdup(text->str) : NULL;
}
