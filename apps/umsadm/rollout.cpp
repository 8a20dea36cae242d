#include "rollout.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/digest.hpp"
#include "umsadm/registry/rollout_record.hpp"

#include "login_gate.hpp"
#include "rollout_display.hpp"

namespace umsadm::app {
namespace {

// How often the clock of the display moves on, and an interruption is looked for.
constexpr std::chrono::milliseconds k_tick{250};

// Whoever is asked was asked before the first gateway began.
class NobodyToAsk final : public Prompt {
public:
    void confirm(std::string_view) override {}
    bool can_choose() const override { return false; }
    std::size_t choose(std::string_view question, const std::vector<std::string>&) override {
        throw Error(Code::needs_answer, fmt::format("nobody is asked in a rollout: {}", question));
    }
};

RolloutVerdict verdict_on(const Outcome& outcome) {
    if (outcome.error) return RolloutVerdict::failed;
    switch (outcome.result) {
        case RunOutcome::updated: return RolloutVerdict::verified;
        case RunOutcome::already_current:
        case RunOutcome::skipped:
        case RunOutcome::planned: return RolloutVerdict::idle;
        case RunOutcome::installed: return RolloutVerdict::unverified;
        default: return RolloutVerdict::failed;
    }
}

std::vector<std::string> groups_of(const std::vector<RolloutTarget>& targets) {
    std::vector<std::string> groups;
    for (const RolloutTarget& target : targets) groups.push_back(target.group);
    return groups;
}

std::vector<std::string> names_of(const std::vector<RolloutTarget>& targets) {
    std::vector<std::string> names;
    for (const RolloutTarget& target : targets) names.push_back(target.gateway);
    return names;
}

class RolloutRun {
public:
    RolloutRun(Context& context, const Site& site, const Inventory& inventory, const RolloutRequest& request)
        : m_context(context),
          m_site(site),
          m_inventory(inventory),
          m_request(request),
          m_record(site, context.now),
          m_run(request.run),
          m_gate(context.connect,
                 [this](const LoginTarget& target, const Error& error) { login_refused(target, error); }),
          m_display(context.out, names_of(request.targets)),
          m_schedule(groups_of(request.targets), request.limits),
          m_deployments(request.targets.size()) {}

    std::vector<Deployment> run() {
        begin_record();
        start_workers();
        watch();
        for (std::thread& worker : m_workers) worker.join();
        if (m_failure) std::rethrow_exception(m_failure);
        report_not_started();
        return std::move(m_deployments);
    }

private:
    bool records() const noexcept { return m_request.recorded && !m_request.each.dry_run; }

    void begin_record() {
        if (!records() || !m_run.empty()) return;
        Rollout rollout{random_hex(8), m_context.now(), m_context.user, {}};
        for (const RolloutTarget& target : m_request.targets) {
            rollout.members.push_back({target.gateway, target.certificate, std::nullopt});
        }
        m_record.begin(rollout);
        m_run = rollout.run;
    }

    void start_workers() {
        const std::size_t wanted = std::clamp<std::size_t>(m_request.limits.jobs, 1, m_deployments.size());
        try {
            while (m_workers.size() < wanted) m_workers.emplace_back([this] { work(); });
        } catch (const std::system_error& error) {
            // It goes on with fewer, as long as there is one.
            if (m_workers.empty()) throw system_error("cannot start a thread", error.code().value());
        }
    }

    // This thread only looks on: signals and the clock.
    void watch() {
        std::unique_lock lock(m_guard);
        while (!m_schedule.over()) {
            m_changed.wait_for(lock, k_tick);
            if (m_context.cancellation.requested()) stop_with_lock("interrupted");
            lock.unlock();
            m_display.tick();
            lock.lock();
        }
    }

    void work() noexcept {
        std::unique_lock lock(m_guard);
        while (!m_schedule.over()) {
            // Not left to watch() alone: who was interrupted may be back here before its next look.
            if (m_context.cancellation.requested()) stop_with_lock("interrupted");
            const auto gateway = m_schedule.next();
            if (!gateway) {
                m_changed.wait(lock);
                continue;
            }
            lock.unlock();
            RolloutVerdict verdict = RolloutVerdict::failed;
            try {
                verdict = update(*gateway);
            } catch (...) {
                lock.lock();
                if (!m_failure) m_failure = std::current_exception();
                stop_with_lock("an internal error");
                lock.unlock();
            }
            lock.lock();
            m_schedule.ended(*gateway, verdict);
            announce_stop();
            m_changed.notify_all();
        }
    }

    RolloutVerdict update(std::size_t index) {
        const RolloutTarget& target = m_request.targets[index];
        GatewayUpdateOptions options = m_request.each;
        if (target.certificate) options.certificate = "sha256:" + target.certificate->hex();
        m_display.begin(index);
        Output out(m_context.out, {[&](std::string_view text) { m_display.line(index, text); },
                                   [&](std::string_view doing) { m_display.step(index, doing); }});
        NobodyToAsk prompt;
        Context context = m_context.speaking_through(out, prompt);
        LoginGate::Answer answer = LoginGate::Answer::tried;
        context.connect = [&](const LoginTarget& login, Context& of_job) {
            return m_gate.connect(login, of_job, answer);
        };

        Deployment& deployment = m_deployments[index];
        try {
            deployment = update_gateway(context, m_site, m_inventory, target.gateway, options);
        } catch (const Error& error) {
            // What ends a run of one gateway ends the whole rollout, too; what became of this gateway is known.
            deployment.gateway = target.gateway;
            deployment.outcome = failed_outcome(error);
            stop(error.code() == Code::interrupted ? "interrupted" : error.message());
        }
        if (answer == LoginGate::Answer::not_tried) deployment.outcome.result = RunOutcome::not_started;
        record(deployment);
        m_display.end(index, deployment);
        return verdict_on(deployment.outcome);
    }

    void record(Deployment& deployment) {
        if (!records()) return;
        Outcome& outcome = deployment.outcome;
        try {
            m_record.end(m_run, deployment.gateway, outcome.result);
        } catch (const Error& error) {
            // The gateway is as its own journal says; only --resume would look at it once more.
            if (!outcome.error) {
                outcome.error =
                    Error(Code::not_recorded, "deployed, but not recorded in the rollout: " + error.message());
            }
        }
    }

    // By the gateway or by a jump host on the way, and not always for a password: the error alone knows.
    void login_refused(const LoginTarget& target, const Error& error) {
        stop(fmt::format("{} {}: {}", target.kind, in_quotes(target.name), error.message()));
    }

    void stop(const std::string& reason) {
        const std::lock_guard lock(m_guard);
        stop_with_lock(reason);
    }

    void stop_with_lock(const std::string& reason) {
        m_schedule.stop(reason);
        announce_stop();
        m_changed.notify_all();
    }

    void announce_stop() {
        if (m_announced || m_schedule.stop_reason().empty()) return;
        m_announced = true;
        m_display.stopped(m_schedule.stop_reason());
    }

    void report_not_started() {
        const bool interrupted = m_context.cancellation.requested();
        for (std::size_t i = 0; i < m_deployments.size(); ++i) {
            Deployment& deployment = m_deployments[i];
            if (!deployment.gateway.empty()) continue;
            deployment.gateway = m_request.targets[i].gateway;
            deployment.outcome.result = RunOutcome::not_started;
            deployment.outcome.error = Error(interrupted ? Code::interrupted : Code::failed,
                                             fmt::format("not started: {}", m_schedule.stop_reason()));
        }
    }

    Context& m_context;
    const Site& m_site;
    const Inventory& m_inventory;
    const RolloutRequest& m_request;
    RolloutRecord m_record;
    std::string m_run;
    LoginGate m_gate;
    RolloutDisplay m_display;
    std::mutex m_guard;  // of what follows but the deployments, of which each worker has its own
    std::condition_variable m_changed;
    RolloutSchedule m_schedule;
    bool m_announced = false;
    std::vector<Deployment> m_deployments;
    std::exception_ptr m_failure;
    std::vector<std::thread> m_workers;
};

// Asked once for all, and before the display begins, not at each gateway.
void read_common_secrets(Context& context, GatewayUpdateOptions& options) {
    const auto read = [&](std::optional<SecretSource>& source, const char* what) {
        if (!source || source->kind != SecretSource::Kind::prompt) return;
        source->value = what;
        context.secrets.read(*source, what);
    };
    read(options.login.ssh_password, "SSH password of the gateways");
    read(options.login.ssh_key_password, "passphrase of the SSH key");
    read(options.login.sudo_password, "sudo password of the gateways");
    read(options.store_password, "password of the keystores");
    read(options.key_password, "passphrase of the keys of the certificates");
}

std::string question(const RolloutRequest& request) {
    std::string text = fmt::format("update {} gateways, {} at a time", request.targets.size(),
                                   std::min(request.limits.jobs, request.targets.size()));
    if (request.limits.canary > 0) text += fmt::format(", {} of them first", request.limits.canary);
    return text + "?";
}

bool needs_a_yes(const Context& context, const RolloutRequest& request) {
    if (!request.ask || request.each.dry_run) return false;
    return request.each.overrides() || context.prompt.can_choose();
}

}  // namespace

std::vector<Deployment> roll_out(Context& context, const Site& site, const Inventory& inventory,
                                 const RolloutRequest& request) {
    if (request.targets.empty()) return {};
    if (needs_a_yes(context, request)) context.prompt.confirm(question(request));
    RolloutRequest complete = request;
    read_common_secrets(context, complete.each);
    return RolloutRun(context, site, inventory, complete).run();
}

}  // namespace umsadm::app
