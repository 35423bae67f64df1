// A network in Auryn, timed: speed_auryn NETWORK.json FOLDER SEED.
//
// In single precision on a grid of 0.1 ms, by forward Euler. Delta synapses act on Auryn's own IafPscDeltaGroup with its
// PoissonStimulator; for two kinds of exponential synapses Auryn has no group, so there is one here. Connections are drawn here
// and written into Auryn's SparseConnection, since its own have no fixed in-degrees. V is in mV.

#include "auryn.h"

#include <boost/property_tree/json_parser.hpp>
#include <boost/property_tree/ptree.hpp>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <map>
#include <random>
#include <string>
#include <sys/resource.h>
#include <vector>

using namespace auryn;
using boost::property_tree::ptree;
using Random = std::mt19937_64;

const double DT = 0.1;

int steps(double time) { return static_cast<int>(std::lround(time / DT)); }

// Neurons with one excitatory and one inhibitory exponential current, each with a time constant of its own.
class TwoCurrents : public NeuronGroup {
    AurynVector<unsigned short> left;
    AurynFloat v_inf, v_reset, theta, leak, excitatory_decay, inhibitory_decay;
    unsigned short refractory;

public:
    TwoCurrents(const ptree& p, double tau_excitatory, double tau_inhibitory)
        : NeuronGroup(p.get<NeuronID>("size")), left(get_vector_size()),
          v_inf(p.get<double>("v_rest") + p.get<double>("current")), v_reset(p.get<double>("v_reset")),
          theta(p.get<double>("theta")), leak(DT / p.get<double>("tau_m")), excitatory_decay(std::exp(-DT / tau_excitatory)),
          inhibitory_decay(std::exp(-DT / tau_inhibitory)), refractory(steps(p.get<double>("t_ref"))) {
        auryn::sys->register_spiking_group(this);
        default_exc_target_state = g_ampa;
        default_inh_target_state = g_gaba;
        clear();
    }

    void clear() override {
        clear_spikes();
        for (NeuronID i = 0; i < get_vector_size(); ++i) {
            mem->set(i, v_reset);
            g_ampa->set(i, 0);
            g_gaba->set(i, 0);
            left.set(i, 0);
        }
    }

    void evolve() override {
        const NeuronID size = get_rank_size();
        AurynFloat *v = mem->data, *excitatory = g_ampa->data, *inhibitory = g_gaba->data;
        for (NeuronID i = 0; i < size; ++i) v[i] += leak * (v_inf - v[i] + excitatory[i] + inhibitory[i]);
        g_ampa->scale(excitatory_decay);
        g_gaba->scale(inhibitory_decay);
        for (NeuronID i = 0; i < size; ++i) {
            if (left.data[i]) {
                left.data[i]--;
                v[i] = v_reset;
            } else if (v[i] >= theta) {
                push_spike(i);
                left.data[i] = refractory;
                v[i] = v_reset;
            }
        }
    }
};

// Keeps the spikes of a group in memory.
class Recorder : public Device {
    SpikingGroup* group;

public:
    std::vector<std::pair<AurynTime, NeuronID>> spikes;

    Recorder(SpikingGroup* group) : group(group) { auryn::sys->register_device(this); }

    void execute() override {
        for (NeuronID neuron : *group->get_spikes_immediate()) spikes.emplace_back(auryn::sys->get_clock(), neuron);
    }
};

// A law of a number, as network.py writes it.
struct Law {
    std::string kind;
    std::vector<double> x;

    Law(const ptree& given) : kind(given.front().second.data()) {
        for (auto word = std::next(given.begin()); word != given.end(); ++word) x.push_back(word->second.get_value<double>());
    }

    double drawn(Random& random) const {
        if (kind == "constant") return x[0];
        if (kind == "uniform") return x[0] + (x[1] - x[0]) * std::uniform_real_distribution<double>()(random);
        const double variance = std::log(1 + x[1] * x[1]);
        return std::lognormal_distribution<double>(std::log(x[0]) - variance / 2, std::sqrt(variance))(random);
    }
};

// The receivers of every sender in ascending order.
std::vector<std::vector<NeuronID>> drawn_targets(const ptree& p, NeuronID senders, NeuronID receivers, Random& random) {
    std::vector<std::vector<NeuronID>> targets(senders);
    const double amount = p.get<double>("amount");
    const bool alone = p.get<std::string>("from") == p.get<std::string>("to") && !p.get<bool>("autapses");
    if (p.get<std::string>("rule") == "in_degree") {
        std::uniform_int_distribution<NeuronID> sender(0, senders - 1);
        for (NeuronID i = 0; i < receivers; ++i)
            for (int k = 0; k < amount; ++k) targets[sender(random)].push_back(i);
        return targets;
    }
    std::geometric_distribution<int> skipped(amount);
    for (NeuronID j = 0; j < senders; ++j)
        for (long i = skipped(random); i < receivers; i += 1 + skipped(random))
            if (!alone || i != j) targets[j].push_back(i);
    return targets;
}

struct Network {
    std::map<std::string, NeuronGroup*> groups;
    std::map<std::string, Recorder*> recorders;
    std::map<std::string, double> tau_m;

    Network(const ptree& given, Random& random) {
        for (const auto& [_, p] : given.get_child("populations")) populate(p, given, random);
        for (const auto& [_, p] : given.get_child("projections")) connect(p, random);
    }

    void populate(const ptree& p, const ptree& given, Random& random) {
        const auto name = p.get<std::string>("name");
        double tau[2] = {0, 0};
        int delay = 0;
        for (const auto& [_, q] : given.get_child("projections")) {
            if (q.get<std::string>("to") == name) tau[Law(q.get_child("efficacy")).x[0] < 0] = q.get<double>("tau_syn");
            if (q.get<std::string>("from") == name) delay = steps(Law(q.get_child("delay")).x[0]);
        }
        NeuronGroup* group;
        if (tau[0] > 0) {
            group = new TwoCurrents(p, tau[0], tau[1]);
        } else {
            auto delta = new IafPscDeltaGroup(p.get<NeuronID>("size"));
            delta->e_rest = p.get<double>("v_rest") + p.get<double>("current");
            delta->e_reset = p.get<double>("v_reset");
            delta->thr = p.get<double>("theta");
            delta->set_tau_mem(p.get<double>("tau_m") / 1000);
            // Half a step more, since the number of steps is rounded down.
            delta->set_tau_ref((p.get<double>("t_ref") + DT / 2) / 1000);
            const auto poisson = p.get_child_optional("poisson.rate");
            if (poisson) {
                auto input = new PoissonStimulator(delta, poisson->get_value<double>(), p.get<double>("poisson.efficacy"));
                input->seed(random());
            }
            group = delta;
            // What arrives after a step is seen by the next one, before it looks for V over threshold.
            delay -= 1;
        }
        group->set_delay(delay);
        const Law start(p.get_child("v_initial"));
        for (NeuronID i = 0; i < group->get_size(); ++i) group->mem->set(i, start.drawn(random));
        groups[name] = group;
        tau_m[name] = p.get<double>("tau_m");
        recorders[name] = new Recorder(group);
    }

    void connect(const ptree& p, Random& random) {
        auto from = groups.at(p.get<std::string>("from")), to = groups.at(p.get<std::string>("to"));
        const auto targets = drawn_targets(p, from->get_size(), to->get_size(), random);
        const double tau = p.get<double>("tau_syn"), factor = tau > 0 ? tau_m.at(p.get<std::string>("to")) / tau : 1;
        const Law efficacy(p.get_child("efficacy"));
        auto synapses = new SparseConnection(from, to, tau > 0 ? (efficacy.x[0] > 0 ? GLUT : GABA) : MEM);
        AurynLong number = 0;
        for (const auto& row : targets) number += row.size();
        synapses->allocate_manually(number);
        for (NeuronID j = 0; j < targets.size(); ++j)
            for (NeuronID i : targets[j]) synapses->push_back(j, i, factor * efficacy.drawn(random));
        synapses->finalize();
    }
};

void run(double time) { auryn::sys->run((time + DT / 2) / 1000, false); }

double wall() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

int main(int count, char* words[]) {
    if (count != 4) return 2;
    ptree given;
    boost::property_tree::read_json(words[1], given);
    auryn_init(count, words, words[2], "network", "auryn", NOTIFICATION, NONE);
    auryn::sys->quiet = true;
    Random random(std::stoul(words[3]));
    const double begun = wall();
    Network network(given, random);
    const double build = wall() - begun;
    run(given.get<double>("warm_up"));
    std::map<std::string, size_t> before;
    for (auto& [name, recorder] : network.recorders) before[name] = recorder->spikes.size();
    const double wall_begun = wall();
    const std::clock_t cpu_begun = std::clock();
    run(given.get<double>("measured"));
    const double cpu = double(std::clock() - cpu_begun) / CLOCKS_PER_SEC, passed = wall() - wall_begun;
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    std::string spikes;
    for (auto& [name, recorder] : network.recorders) {
        const auto number = std::to_string(recorder->spikes.size() - before[name]);
        spikes += (spikes.empty() ? "\"" : ", \"") + name + "\": " + number;
    }
    std::printf("{\"wall\": %.9g, \"cpu\": %.9g, \"spikes\": {%s}, \"build\": %.4g, \"compile\": 0, \"peak\": %ld}\n", passed, cpu,
                spikes.c_str(), build, 1024 * usage.ru_maxrss);
    auryn_free();
    return 0;
}
