/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-import.h"

#include <glib/gi18n-lib.h>

#include "wl-check.h"
#include "wl-file-io.h"
#include "wl-format.h"
#include "wl-model-private.h"
#include "wl-model.h"
#include "wl-peer.h"
#include "wl-profile-error.h"
#include "wl-read.h"
#include "wl-wgquick.h"
#include "wl-wirehub.h"

static WlProfileFile *
read_file(const WlEditorModel *model, const char *text, gsize length, const char *name,
          GError **error)
{
    const char *private_key = wl_editor_profile(model)->private_key;
    g_autofree char *own_key = wl_editor_model_dup_public_key(model);

    switch (wl_format_detect(text, length)) {
    case WL_FORMAT_WIRELINK:
    case WL_FORMAT_WGQUICK:
        return wl_wgquick_parse_plain(text, length, name, error);
    case WL_FORMAT_WIREHUB:
        if (own_key)
            return wl_wirehub_parse(text, length, name, private_key, own_key, error);
        wl_profile_fail(
            error, WL_PROFILE_ERROR_MISSING,
            _("%s: this is a WireHub network; enter the private key of this machine first, so that "
              "its entry can be found"),
            name);
        return NULL;
    case WL_FORMAT_GO:
        wl_profile_fail(
            error, WL_PROFILE_ERROR_REFUSED,
            _("%s: this is the JSON file of the Go daemon, which contains no private key and no "
              "address; combine it with its wg-quick file using \"wirelinkctl convert\""),
            name);
        return NULL;
    case WL_FORMAT_UNKNOWN:
        break;
    }
    wl_profile_fail(error, WL_PROFILE_ERROR_SYNTAX,
                    _("%s: this is not a wirelink, wg-quick or WireHub file"), name);
    return NULL;
}

gboolean
wl_editor_model_add_from_text(WlEditorModel *model, const char *text, gsize length,
                              const char *name, guint *n_added, guint *n_known, GError **error)
{
    g_autoptr(WlProfileFile) file = read_file(model, text, length, name, error);
    g_autofree char *own_key = wl_editor_model_dup_public_key(model);
    guint added = 0, known = 0;

    if (!file)
        return FALSE;
    for (guint i = 0; i < file->profile->peers->len; i++) {
        const WlProfilePeer *peer = file->profile->peers->pdata[i];

        if (!g_strcmp0(peer->public_key, own_key) ||
            wl_editor_model_find_peer(model, peer->public_key)) {
            known++;
        } else {
            g_ptr_array_add(model->peers, wl_editor_peer_new_from(peer));
            added++;
        }
    }
    if (n_added)
        *n_added = added;
    if (n_known)
        *n_known = known;
    if (added) {
        wl_editor_model_check(model);
        wl_editor_model_notify(model, WL_EDITOR_CHANGE_PEERS);
    }
    return TRUE;
}

gboolean
wl_editor_model_add_from_file(WlEditorModel *model, const char *path, guint *n_added,
                              guint *n_known, GError **error)
{
    g_autofree char *name = g_filename_display_basename(path);
    gsize length;
    char *text = wl_file_load(path, &length, error);
    gboolean ok;

    if (!text)
        return FALSE;
    ok = wl_editor_model_add_from_text(model, text, length, name, n_added, n_known, error);
    wl_file_wipe(text, length);
    return ok;
}
