/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What the service says, in the language of the user. */

#include <string.h>

#include <glib/gi18n-lib.h>

#include "wl-labels.h"
#include "wl-model-private.h"
#include "wl-effective-trust.h"
#include "wl-reason.h"

#define MOST_LINES 12 /* of what was told of one member */
#define MOST_KEYS  12 /* that wait, in one sentence */

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

static const WlEditorPeer *
find_by_number(const WlEditorModel *model, guint number)
{
    for (guint i = 0; i < model->peers->len; i++) {
        const WlEditorPeer *peer = model->peers->pdata[i];

        if (peer->loaded_number == number)
            return peer;
    }
    return NULL;
}

static char *
dup_title_of_number(const WlEditorModel *model, guint number)
{
    const WlEditorPeer *peer = find_by_number(model, number);

    return peer ? wl_editor_peer_dup_title(peer) : g_strdup_printf(_("peer %u"), number);
}

/* "Preshared key of hub" for "peer-1-preshared-key"; a key that has no field as it is. */
static char *
dup_title_of_key(const WlEditorModel *model, const char *name)
{
    g_autofree char *title = NULL;
    g_autofree char *label = NULL;
    const char *key;
    guint number;

    if (!wl_profile_keys_split_peer(name, &number, &key))
        return wl_editor_label_dup_plain(WL_KEY_OF_PROFILE, name);
    if (!wl_profile_keys_find(WL_KEY_OF_PEER, key))
        return g_strdup(name);
    title = dup_title_of_number(model, number);
    label = wl_editor_label_dup_plain(WL_KEY_OF_PEER, key);
    /* Translators: a field and its peer, as in "Preshared key of hub" */
    return g_strdup_printf(_("%s of %s"), label, title);
}

char *
wl_editor_model_dup_waiting(const WlEditorModel *model)
{
    char *const *keys = model->live ? model->live->waiting : NULL;
    guint n_keys = keys ? g_strv_length((char **) keys) : 0;
    g_autoptr(GString) list = g_string_new(NULL);

    if (!n_keys)
        return NULL;
    for (guint i = 0; i < MIN(n_keys, MOST_KEYS); i++) {
        g_autofree char *title = dup_title_of_key(model, keys[i]);

        g_string_append_printf(list, "%s%s", i ? ", " : "", title);
    }
    if (n_keys > MOST_KEYS) {
        guint more = n_keys - MOST_KEYS;
        g_autofree char *few = g_strdup(list->str);

        g_string_printf(list,
                        g_dngettext(GETTEXT_PACKAGE, "%s and %u more", "%s and %u more", more), few,
                        more);
    }
    return g_strdup_printf(_("Changed, and in effect when the connection is brought up again: %s."),
                           list->str);
}

/* Whether both sentences are about the same value, which they quote. */
static gboolean
quotes_the_same(const char *problem, const char *english)
{
    const char *begin = strchr(english, '"');
    const char *end = begin ? strchr(begin + 1, '"') : NULL;
    g_autofree char *quoted = end ? g_strndup(begin, (gsize) (end + 1 - begin)) : NULL;

    return !quoted || strstr(problem, quoted);
}

/* What is wrong with the field as it was loaded, which the editor knows in the language of the
 * user; NULL where it does not, as for what was stored since. */
static const char *
find_loaded_problem(const WlEditorModel *model, const char *name)
{
    const WlEditorFields *fields = &model->fields;
    const WlEditorPeer *peer = NULL;
    const char *key = name;
    guint number;

    if (wl_profile_keys_split_peer(name, &number, &key)) {
        peer = find_by_number(model, number);
        if (!peer)
            return NULL;
        fields = &peer->fields;
    }
    if (!wl_profile_keys_find(fields->scope, key) || wl_editor_fields_is_changed(fields, key))
        return NULL;
    /* What it is together with other fields counts only while these are as they were, too. */
    return wl_editor_model_is_changed(model) ? wl_editor_fields_get(fields, key)->problem
                                             : wl_editor_model_get_problem(model, peer, key);
}

char *
wl_editor_model_dup_profile_error(const WlEditorModel *model)
{
    const char *error = model->live ? model->live->profile_error : "";
    const char *colon = strstr(error, ": ");
    g_autofree char *key = NULL;
    g_autofree char *title = NULL;
    const char *problem;

    if (!*error)
        return NULL;
    /* It begins with a key as in vpn.data, if it is about one. */
    if (!colon)
        return g_strdup_printf(
            _("What is stored cannot run, so the connection goes on as it was: %s"), error);
    key = g_strndup(error, (gsize) (colon - error));
    title = dup_title_of_key(model, key);
    problem = find_loaded_problem(model, key);
    return g_strdup_printf(
        /* Translators: a field and what is wrong with it */
        _("What is stored cannot run, so the connection goes on as it was: %s: %s"), title,
        problem && quotes_the_same(problem, error) ? problem : colon + 2);
}

const char *
wl_editor_model_get_live_note(const WlEditorModel *model)
{
    if (model->live)
        return NULL;
    if (model->live_is_hidden)
        return _("The connection is active, but what each peer told may only be seen by the users "
                 "that it was brought up for, and you are none of them.");
    return _("While the connection is active, what each peer told is shown here.");
}
