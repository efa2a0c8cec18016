/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-limitation.h"

static struct {
    GPtrArray *all; /* of WlLimitation */
    void (*changed)(gpointer user_data);
    gpointer user_data;
} state;

static void
limitation_free(gpointer data)
{
    WlLimitation *self = data;

    g_free(self->text);
    g_free(self);
}

static WlLimitation *
find(const char *id, guint *index)
{
    for (guint i = 0; state.all && i < state.all->len; i++) {
        WlLimitation *self = g_ptr_array_index(state.all, i);

        *index = i;
        if (g_str_equal(self->id, id))
            return self;
    }
    return NULL;
}

static void
report_change(void)
{
    if (state.changed)
        state.changed(state.user_data);
}

void
wl_limitation_add(const char *id, const char *format, ...)
{
    guint index;
    WlLimitation *self = find(id, &index);
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    if (self && g_str_equal(self->text, text))
        return;
    if (!self) {
        g_warning("%s", text);
        if (!state.all)
            state.all = g_ptr_array_new_with_free_func(limitation_free);
        self = g_new0(WlLimitation, 1);
        self->id = id;
        g_ptr_array_add(state.all, self);
    }
    g_free(self->text);
    self->text = g_steal_pointer(&text);
    report_change();
}

void
wl_limitation_remove(const char *id)
{
    guint index;

    if (!find(id, &index))
        return;
    g_ptr_array_remove_index(state.all, index);
    report_change();
}

const GPtrArray *
wl_limitations_get(void)
{
    if (!state.all)
        state.all = g_ptr_array_new_with_free_func(limitation_free);
    return state.all;
}

void
wl_limitations_watch(void (*func)(gpointer user_data), gpointer user_data)
{
    state.changed = func;
    state.user_data = user_data;
}
