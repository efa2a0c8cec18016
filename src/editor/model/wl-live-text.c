/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-live-text.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "wl-labels.h"
#include "wl-model-private.h"
#include "wl-peer.h"
#include "wl-read.h"
#include "wl-reason.h"

#define MAX_LINES 12 /* of facts about one member */
#define MAX_KEYS  12 /* of pending keys in one sentence */

const char *
wl_editor_live_state_title(const char *state)
{
    static const struct {
        const char *state, *title;
    } titles[] = {
        {"direct-lan", N_("Direct on the local network")},
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

/* The title of the level that the protocol calls @word. */
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
    /* These reasons already name the state. */
    if (g_str_has_prefix(peer->reason_id, "direct"))
        return capitalize(peer->reason);
    /* Translators: a state and its reason, as in "Connecting: 2 endpoints to try" */
    return g_strdup_printf(_("%s: %s"), title, peer->reason);
}

char *
wl_editor_live_dup_state(const WlEditorLivePeer *peer)
{
    const char *title = wl_editor_live_state_title(peer->state);
    double ms = peer->round_trip / 1000.0;
    gboolean connected =
        g_str_has_prefix(peer->state, "direct") || g_str_equal(peer->state, "routed");

    if (!connected || !peer->round_trip)
        return g_strdup(title);
    /* Translators: a state and the round-trip time in milliseconds */
    return ms < 10 ? g_strdup_printf(_("%s, %.1f ms"), title, ms)
                   : g_strdup_printf(_("%s, %.0f ms"), title, ms);
}

char *
wl_editor_live_dup_traffic(const WlEditorLivePeer *peer)
{
    g_autofree char *received = g_format_size(peer->received);
    g_autofree char *sent = g_format_size(peer->sent);

    if (!peer->received && !peer->sent)
        return NULL;
    return g_strdup_printf(_("Received %s, sent %s"), received, sent);
}

static char *
describe(const WlEditorLiveFact *fact)
{
    const char *source = *fact->source_name ? fact->source_name : fact->source;

    if (g_str_equal(fact->type, "endpoint"))
        return g_strdup_printf(_("Endpoint %s, from %s"), fact->value, source);
    if (g_str_equal(fact->type, "allowed-ips"))
        return g_strdup_printf(_("Allowed IP %s, from %s"), fact->value, source);
    return g_strdup_printf(_("Member, from %s"), source);
}

char *
wl_editor_live_dup_facts(const WlEditorLive *live, const char *public_key)
{
    const GPtrArray *facts = wl_editor_live_get_facts(live, public_key);
    g_autoptr(GString) text = g_string_new(NULL);
    guint n_lines = 0;

    for (guint i = 0; facts && i < facts->len; i++) {
        const WlEditorLiveFact *fact = facts->pdata[i];
        g_autofree char *line = NULL;

        /* Facts without a source come from the profile. */
        if (!*fact->source || n_lines++ >= MAX_LINES)
            continue;
        line = describe(fact);
        g_string_append_printf(text, "%s%s", text->len ? "\n" : "", line);
        if (!fact->accepted)
            g_string_append_printf(text, "; %s", fact->reason);
    }
    if (n_lines > MAX_LINES) {
        guint more = n_lines - MAX_LINES;

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

/* "Preshared key of hub" for "peer-1-preshared-key"; a key without a field as it is. */
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
wl_editor_model_dup_pending(const WlEditorModel *model)
{
    char *const *keys = model->live ? model->live->pending_keys : NULL;
    guint n_keys = keys ? g_strv_length((char **) keys) : 0;
    g_autoptr(GString) list = g_string_new(NULL);

    if (!n_keys)
        return NULL;
    for (guint i = 0; i < MIN(n_keys, MAX_KEYS); i++) {
        g_autofree char *title = dup_title_of_key(model, keys[i]);

        g_string_append_printf(list, "%s%s", i ? ", " : "", title);
    }
    if (n_keys > MAX_KEYS) {
        guint more = n_keys - MAX_KEYS;
        g_autofree char *few = g_strdup(list->str);

        g_string_printf(list,
                        g_dngettext(GETTEXT_PACKAGE, "%s and %u more", "%s and %u more", more), few,
                        more);
    }
    return g_strdup_printf(_("Changes that take effect at the next activation: %s"), list->str);
}

/* Whether both sentences quote the same value. */
static gboolean
quotes_the_same(const char *problem, const char *english)
{
    const char *begin = strchr(english, '"');
    const char *end = begin ? strchr(begin + 1, '"') : NULL;
    g_autofree char *quoted = end ? g_strndup(begin, (gsize) (end + 1 - begin)) : NULL;

    return !quoted || strstr(problem, quoted);
}

/* The translated problem of a field as it was loaded; NULL if the field was edited or saved since.
 */
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
    /* Conflicts with other fields count only while those are unchanged, too. */
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
    /* An error about a key begins with that key. */
    if (!colon)
        return g_strdup_printf(
            _("The saved settings have an error, so the previous ones are still in use: %s"),
            error);
    key = g_strndup(error, (gsize) (colon - error));
    title = dup_title_of_key(model, key);
    problem = find_loaded_problem(model, key);
    return g_strdup_printf(
        /* Translators: a field and its error */
        _("The saved settings have an error, so the previous ones are still in use: %s: %s"), title,
        problem && quotes_the_same(problem, error) ? problem : colon + 2);
}

const char *
wl_editor_model_get_live_note(const WlEditorModel *model)
{
    if (model->live)
        return NULL;
    if (model->live_is_hidden)
        return _("Only users of this connection can see its live state.");
    return _("While the connection is active, the facts from each peer are shown here.");
}

char *
wl_editor_model_dup_users_warning(const WlEditorModel *model)
{
    if (model->n_users < 2)
        return NULL;
    return g_strdup_printf(
        _("%u users may use this connection. NetworkManager 1.58 and newer activate a private VPN "
          "connection of one user only; make it available to one user or to all users."),
        model->n_users);
}
