#pragma once

#include <functional>
#include <memory>
#include <string>

#include "umsadm/base/deadline.hpp"
#include "umsadm/base/file.hpp"
#include "umsadm/base/time.hpp"
#include "umsadm/deploy/probe.hpp"
#include "umsadm/registry/site.hpp"
#include "umsadm/remote/remote_host.hpp"

#include "output.hpp"
#include "prompt.hpp"
#include "secret_reader.hpp"

namespace umsadm::app {

struct LoginTarget;
struct SharedLogins;

// What a command is given to work with. A test replaces connect, dial, now and prompt; nothing else needs to be.
struct Context {
    Path site_path;
    Output& out;
    Prompt& prompt;
    SecretReader& secrets;
    const Cancellation& cancellation;
    Clock now;
    std::string user;  // who, on which machine: for journal and audit
    // Opens a gateway's or a server's host with root's rights (connect_login()). May be called from several threads at
    // once, and so may be what it uses of this object: secrets, logins, and the notes of out.
    std::function<std::unique_ptr<RemoteHost>(const LoginTarget&, Context&)> connect;
    // The connections to jump hosts, and what OpenSSH's configuration says: once for the whole run.
    SharedLogins& logins;
    // Looks at a TLS port straight from this machine.
    Dial dial;  // to TLS ports
    // The change request that this run belongs to, for the audit log; may be empty.
    std::string ticket = {};

    // The same, but listening to another cancellation: what has to go on after the user interrupted takes one that
    // nobody requests.
    Context listening_to(const Cancellation& other) const {
        return {site_path, out, prompt, secrets, other, now, user, connect, logins, dial, ticket};
    }

    // The same for a part of a run that goes on beside others.
    Context speaking_through(Output& output, Prompt& questions) const {
        return {site_path, output, questions, secrets, cancellation, now, user, connect, logins, dial, ticket};
    }

    Site open_site() const { return Site::open(site_path); }
    // How long a command waits for a lock that another one holds.
    Deadline lock_deadline() const { return Deadline::in(std::chrono::seconds(10), &cancellation); }
};

// --site, else $UMSADM_SITE, else /etc/umsadm for root, else $XDG_CONFIG_HOME/umsadm (~/.config/umsadm).
Path find_site_path(const std::string& option);

// --ticket, else $UMSADM_TICKET; may be empty. Throws Code::usage for a variable that is no ticket.
std::string find_ticket(const std::string& option);

// "alice@host": the login name, the one that called sudo where it did, and the machine.
std::string find_user();

// The wall clock.
UtcTime wall_clock();

}  // namespace umsadm::app
