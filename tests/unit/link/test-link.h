/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* What the parts of link-test share. */

#include "link-test-util.h"
#include "wl-cleanup.h"
#include "wl-link-alias.h"
#include "wl-link-kernel.h"
#include "wl-link-open.h"
#include "wl-link-userspace.h"
#include "wl-uapi-client.h"

/* The test data selects the backend. */
#define KERNEL    GINT_TO_POINTER(1)
#define USERSPACE GINT_TO_POINTER(2)

#define UUID  "11111111-2222-3333-4444-555555555555"
#define OTHER "66666666-7777-8888-9999-000000000000"

typedef struct {
    WlLink *link;
    GError *error;
    gboolean done;
} Opening;

gboolean is_done(gpointer opening);
void opened_userspace(GObject *source, GAsyncResult *result, gpointer opening);

WlLinkConfig make_config(const char *name, const char *uuid, const WlKey *key, guint16 port);
/** Opens a link of @backend, without the choice that wl_link_open_async() makes. */
WlLink *try_open(gconstpointer backend, const WlLinkConfig *config, GError **error);
/** Same as try_open(), but must not fail. */
WlLink *open_link(gconstpointer backend, const char *name, const char *uuid, const WlKey *key,
                  guint16 port);
/** Opens a link of the backend that wl_link_open_async() chooses. */
WlLink *open_any(const char *name, const char *uuid, GError **error);

gboolean kernel_has_wireguard(void);
/** Neither the interface nor a control socket exists. */
void assert_nothing_left(const char *name);
/** The process that listens on the control socket. */
pid_t program_of(const char *name);
gboolean is_running(pid_t pid);

/** Counts the "failed" signals of a link, and destroys the link as its owner would. */
typedef struct {
    guint count;
    char *reason;
} Failure;

void failed(WlLink *link, const char *reason, gpointer failure);
gboolean has_failed(gpointer failure);

/** A test called "/link/@backend/@name". */
void add(const char *backend, const char *name, gpointer data, GTestDataFunc func);

/* ---- test-link-opening.c */
void add_opening_tests(void);

/* ---- test-link-cleanup.c; @kernel: it has WireGuard */
void add_cleanup_tests(gboolean kernel);
/** The child process of a test: opens a link and waits to be killed. */
void hold(const char *backend) G_GNUC_NORETURN;
