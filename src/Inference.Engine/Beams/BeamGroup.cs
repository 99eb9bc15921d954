using Inference.Engine.Caching;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;

namespace Inference.Engine.Beams;

/// <summary>
/// The sequences of one request with beam search. The first of them, the principal, is the request's: it computes the prompt, waits in
/// queues and has the stream. The others fork from it, and from each other when the search drops some beams and splits others. They advance
/// together: a sequence that has its candidates waits until all have. Owned by the engine loop.
/// </summary>
internal sealed class BeamGroup
{
    private readonly Sequence[] _slots;
    private readonly List<TokenLogprobs> _rows = [];
    private readonly Dictionary<Sequence, TokenLogprobs> _candidates = [];
    private readonly BeamSearch _search;
    private List<Sequence> _beams;

    public BeamGroup(Sequence principal)
    {
        _slots = new Sequence[principal.Request.Beams!.Width];
        _slots[0] = principal;
        _beams = [principal];
        _search = new BeamSearch(principal.Request, principal.MaxLength - principal.PromptLength);
    }

    public Sequence Principal => _slots[0];

    /// <summary>The most sequences that it has.</summary>
    public int Width => _slots.Length;

    /// <summary>The sequences of the open beams, the best beam's first.</summary>
    public IReadOnlyList<Sequence> Beams => _beams;

    /// <summary>Beams that the search goes on with.</summary>
    public int OpenCount => _search.Open.Count;

    /// <summary>Tokens of each beam.</summary>
    public int Length => _search.Length;

    /// <summary>What was found, when the search is over.</summary>
    public IReadOnlyList<BeamHypothesis> Hypotheses { get; private set; } = [];

    /// <summary>The open beams' sequences that hold blocks.</summary>
    public IEnumerable<Sequence> Holders => _beams.Where(static beam => beam.Blocks.Count > 0);

    /// <summary>A sequence has its candidates. Answers whether all have, and the search can advance.</summary>
    public bool Collect(Sequence beam, TokenLogprobs candidates)
    {
        _candidates.Add(beam, candidates);
        return _candidates.Count == _beams.Count;
    }

    /// <summary>A sequence has lost its blocks, and computes its candidates again.</summary>
    public void Forget(Sequence beam) => _candidates.Remove(beam);

    /// <summary>One round of the search. Answers whether it goes on.</summary>
    public bool Advance()
    {
        _rows.Clear();
        foreach (var beam in _beams)
            _rows.Add(_candidates[beam]);
        _candidates.Clear();
        if (_search.Advance(_rows))
            return true;

        Hypotheses = _search.Hypotheses();
        return false;
    }

    /// <summary>
    /// Gives each open beam a sequence, with its latest token: the first that continues a beam takes its place, the others fork from it in
    /// slots that are free.
    /// </summary>
    /// <param name="pool">Whose blocks they hold.</param>
    /// <param name="added">Sequences that were none of the beams before.</param>
    /// <param name="dropped">Sequences that are none any more; they hold no blocks.</param>
    public void Rearrange(BlockPool pool, out IReadOnlyList<Sequence> added, out IReadOnlyList<Sequence> dropped)
    {
        var open = _search.Open;
        var isTaken = new bool[Width];
        var beams = new Sequence?[open.Count];
        for (var i = 0; i < beams.Length; i++)
        {
            var parent = _beams[open[i].Parent];
            beams[i] = isTaken[SlotOf(parent)] ? null : parent;
            isTaken[SlotOf(parent)] = true;
        }

        // The principal stays, whatever becomes of its beam.
        if (!isTaken[0] && Array.TrueForAll(beams, static beam => beam is not null))
            beams[^1] = null;
        var slot = 0;
        for (var i = 0; i < beams.Length; i++)
        {
            if (beams[i] is not null)
                continue;
            while (isTaken[slot])
                slot++;
            var fork = beams[i] = _slots[slot] ??= new Sequence(Principal, Principal.Id + slot);
            slot++;
            Fork(_beams[open[i].Parent], fork, pool);
        }

        List<Sequence> next = [.. beams.OfType<Sequence>()];
        added = [.. next.Except(_beams)];
        dropped = [.. _beams.Except(next)];
        foreach (var beam in dropped)
            pool.Release(beam.Blocks);
        _beams = next;
        for (var i = 0; i < _beams.Count; i++)
        {
            var token = open[i].Path!.TokenId;
            _beams[i].Add(token);
            _beams[i].Sampling.Observe(token);
        }
    }

    private int SlotOf(Sequence beam) => (int)(beam.Id - Principal.Id);

    private static void Fork(Sequence parent, Sequence beam, BlockPool pool)
    {
        pool.Release(beam.Blocks);
        pool.Fork(beam.Blocks, parent.Blocks, parent.ComputedLength);
        beam.CopyFrom(parent);
    }
}
