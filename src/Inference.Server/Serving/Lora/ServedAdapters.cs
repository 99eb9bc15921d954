using System.Collections.Immutable;
using Inference.Engine.Requests;

namespace Inference.Server.Serving.Lora;

/// <summary>
/// The adapters of one decoder. Any thread may look; <see cref="AdapterDesk"/> alone changes them while the server runs. What is taken away
/// is retired: requests that run with it go on.
/// </summary>
/// <param name="load">Reads an adapter's folder; null if the decoder takes no adapters.</param>
/// <param name="first">Those there are at the start.</param>
internal sealed class ServedAdapters(Func<string, Adapter>? load, ImmutableArray<ServedAdapter> first)
{
    // A new list takes the place of the old one as a whole.
    private volatile IReadOnlyList<ServedAdapter> _all = first;

    /// <summary>Whether the decoder takes adapters.</summary>
    public bool AreTaken => load is not null;

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<ServedAdapter> All => _all;

    /// <summary>The adapter of a name, or null.</summary>
    public ServedAdapter? Find(string name) => _all.FirstOrDefault(adapter => adapter.Name == name);

    /// <summary>Reads an adapter, and serves it in the place of one of its name, if there is one.</summary>
    /// <exception cref="Models.ModelFormatException">It cannot be used.</exception>
    public void Load(string name, string path, TimeProvider time)
    {
        var adapter = load?.Invoke(path) ?? throw new InvalidOperationException("The decoder takes no adapters.");
        var before = Find(name);
        _all = [.. _all.Where(other => other != before), new ServedAdapter(name, adapter, time.GetUtcNow())];
        before?.Adapter.Retire();
    }

    /// <summary>Serves an adapter no more. False: there is none of this name.</summary>
    public bool Unload(string name)
    {
        if (Find(name) is not { } adapter)
        {
            return false;
        }

        _all = [.. _all.Where(other => other != adapter)];
        adapter.Adapter.Retire();
        return true;
    }

    /// <summary>Serves none any more.</summary>
    public void Clear()
    {
        foreach (var adapter in _all)
        {
            adapter.Adapter.Retire();
        }

        _all = [];
    }
}
