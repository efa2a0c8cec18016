/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The two classes of Plasma's libplasmanm_editor that a VPN module derives from, as far as this one
 * uses them. Plasma installs no headers for them and promises no stability. What stands here are the
 * names, parameters and order that the symbols and virtual tables of the installed library show
 * (Plasma 6.3 and 6.7); wl-plasma-abi compares them with the library that is really loaded. The sizes
 * of the objects are not known: a reserve is kept in front of what derived classes add. */

#include <NetworkManagerQt/ConnectionSettings>
#include <NetworkManagerQt/VpnSetting>
#include <QMessageBox>
#include <QWidget>

struct _NMConnection;

#define WL_PLASMA_LIBRARY __attribute__((visibility("default")))

/* A page or a form for one setting of a connection. */
class WL_PLASMA_LIBRARY SettingWidget : public QWidget
{
public:
    static const QMetaObject staticMetaObject;
    const QMetaObject *metaObject() const override;
    void *qt_metacast(const char *) override;
    int qt_metacall(QMetaObject::Call, int, void **) override;

    SettingWidget(const NetworkManager::Setting::Ptr &setting, QWidget *parent, Qt::WindowFlags flags);
    ~SettingWidget() override;

    /* In the order of the virtual table. */
    virtual void loadConfig(const NetworkManager::Setting::Ptr &setting);
    virtual void loadSecrets(const NetworkManager::Setting::Ptr &setting);
    virtual QVariantMap setting() const = 0;
    virtual bool isValid() const = 0; /* defined in Plasma's header and so by us */

    void settingChanged();
    /* Emits validChanged() with the verdict of isValid(). */
    void slotWidgetChanged();

private:
    char m_reserve[256];
};

/* The module for one type of VPN. */
class WL_PLASMA_LIBRARY VpnUiPlugin : public QObject
{
public:
    /* Only passed on: their sizes are not known, and what destroys them is in Plasma's header. That they
     * are destroyed makes them be returned in memory of the caller. */
    class WL_PLASMA_LIBRARY ImportResult
    {
    public:
        static ImportResult pass(_NMConnection *connection); /* takes the reference */
        static ImportResult fail(const QString &message);
        operator bool() const;
        QString errorMessage() const;
        _NMConnection *connection() const;
        ImportResult(const ImportResult &);
        ~ImportResult() {}
    };
    class WL_PLASMA_LIBRARY ExportResult
    {
    public:
        static ExportResult pass();
        static ExportResult fail(const QString &message);
        operator bool() const;
        QString errorMessage() const;
        ExportResult(const ExportResult &);
        ~ExportResult() {}
    };

    static const QMetaObject staticMetaObject;
    const QMetaObject *metaObject() const override;
    void *qt_metacast(const char *) override;
    int qt_metacall(QMetaObject::Call, int, void **) override;

    VpnUiPlugin(QObject *parent, const QVariantList &arguments);
    ~VpnUiPlugin() override;

    /* In the order of the virtual table. */
    virtual SettingWidget *widget(const NetworkManager::VpnSetting::Ptr &setting, QWidget *parent) = 0;
    virtual SettingWidget *askUser(const NetworkManager::VpnSetting::Ptr &setting,
                                   const QStringList &hints, QWidget *parent) = 0;
    virtual QString suggestedFileName(
        const NetworkManager::ConnectionSettings::Ptr &connection) const = 0;
    virtual QStringList supportedFileExtensions() const;
    virtual ImportResult importConnectionSettings(const QString &path);
    virtual ExportResult exportConnectionSettings(
        const NetworkManager::ConnectionSettings::Ptr &connection, const QString &path);
    virtual QMessageBox::StandardButtons suggestedAuthDialogButtons() const;

private:
    char m_reserve[256];
};
