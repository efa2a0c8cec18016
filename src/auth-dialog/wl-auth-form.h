/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-profile-secrets.h"

/**
 * What the user is asked, and what is known already, in the forms that secret agents understand.
 */
typedef struct _WlAuthForm WlAuthForm;

typedef struct {
    const char *profile_name; /* for people */
    gboolean interactive;     /* the user may be asked at all */
    gboolean reprompt;        /* what was given last time did not do */
    const char *const *hints; /* names of secrets that are wanted although they need not be there */
} WlAuthRequest;

/** @data and @secrets as nm_vpn_service_plugin_read_vpn_details() gives them. */
WlAuthForm *wl_auth_form_new(GHashTable *data, GHashTable *secrets, const WlAuthRequest *request);
/** Wipes the secrets. */
void wl_auth_form_free(WlAuthForm *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlAuthForm, wl_auth_form_free)

/** Whether there is something to ask. */
gboolean wl_auth_form_asks(const WlAuthForm *self);
/** The answer to a question. FALSE if @name is none of them or @value has several lines. */
gboolean wl_auth_form_answer(WlAuthForm *self, const char *name, const char *value);

/** The keyfile of the external UI mode: questions and known secrets. Free with
 * wl_auth_text_free(). */
GString *wl_auth_form_to_ui(const WlAuthForm *self);
/** Lines of the plain mode: name and value in turn, of what is known and answered, and two empty
 * lines. Free with wl_auth_text_free(). */
GString *wl_auth_form_to_lines(const WlAuthForm *self);
/** Wipes. */
void wl_auth_text_free(GString *text);
