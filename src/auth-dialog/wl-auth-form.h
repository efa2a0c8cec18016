/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The secrets to ask for and the known ones, in the two formats of secret agents. */

#include "wl-profile-secrets.h"

typedef struct _WlAuthForm WlAuthForm;

typedef struct {
    const char *profile_name; /* for display */
    gboolean interactive;     /* whether the user may be asked */
    gboolean reprompt;        /* the previous secrets were rejected */
    const char *const *hints; /* names of secrets that are requested although not required */
} WlAuthRequest;

/* @data and @secrets as returned by nm_vpn_service_plugin_read_vpn_details(). */
WlAuthForm *wl_auth_form_new(GHashTable *data, GHashTable *secrets, const WlAuthRequest *request);
/* Wipes the secrets. */
void wl_auth_form_free(WlAuthForm *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlAuthForm, wl_auth_form_free)

/* Whether there is a question. */
gboolean wl_auth_form_asks(const WlAuthForm *self);
/* Answers a question. FALSE if @name is no question or @value has several lines. */
gboolean wl_auth_form_answer(WlAuthForm *self, const char *name, const char *value);

/* The keyfile of the external UI mode: questions and known secrets. Free with wl_auth_text_free().
 */
GString *wl_auth_form_to_ui(const WlAuthForm *self);
/* The lines of the plain mode: name and value of each known or answered secret, and two empty
 * lines. Free with wl_auth_text_free(). */
GString *wl_auth_form_to_lines(const WlAuthForm *self);
/* Wipes and frees @text. */
void wl_auth_text_free(GString *text);
