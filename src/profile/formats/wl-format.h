/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The file formats, and what each of them has a place for. */

#include "wl-profile-file.h"
#include "wl-profile-keys.h"

G_BEGIN_DECLS

typedef enum {
    WL_FORMAT_UNKNOWN,
    WL_FORMAT_WIRELINK, /* wl-wgquick.h */
    WL_FORMAT_WGQUICK,  /* the same without [Wirelink], for wg-quick itself */
    WL_FORMAT_GO,       /* wl-go-config.h */
    WL_FORMAT_WIREHUB,  /* wl-wirehub.h */
} WlFormat;

/* "wirelink", "wg-quick", "go", "wirehub". */
const char *wl_format_to_string(WlFormat format);
WlFormat wl_format_from_string(const char *text);
/* By the end of its name: .wirelink, .conf, .json, .wirehub. */
WlFormat wl_format_of_path(const char *path);
/* By what is in it. */
WlFormat wl_format_detect(const char *text, gsize length);

/* Whether a file of @format has a place for @key, or for an unknown key. */
gboolean wl_format_carries(WlFormat format, const WlProfileKey *key);
gboolean wl_format_carries_extra(WlFormat format, const WlProfileExtra *extra);

/* What gets lost: a key, and of which peers. */
typedef struct _WlLosses WlLosses;

WlLosses *wl_losses_new(void);
void wl_losses_free(WlLosses *losses);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlLosses, wl_losses_free)

/* @peer may be NULL: the key is one of the profile. */
void wl_losses_add(WlLosses *losses, const char *key, const WlProfilePeer *peer);
/* Every key of @file that has a value, and that neither @format nor @beside (may be
 * WL_FORMAT_UNKNOWN: there is none) has a place for. */
void wl_losses_add_keys(WlLosses *losses, const WlProfileFile *file, WlFormat format,
                        WlFormat beside);
/* Of char *: "Trust of hub and laptop", "Role"; never a value. */
GPtrArray *wl_losses_to_strings(const WlLosses *losses);

G_END_DECLS
