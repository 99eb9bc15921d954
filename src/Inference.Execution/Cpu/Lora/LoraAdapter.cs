using Inference.Engine.Requests;
using Inference.Models;
using Inference.Models.Lora;

namespace Inference.Execution.Cpu.Lora;

/// <summary>
/// An adapter's weights in memory, in the order in which <see cref="LoraKernel"/> reads them. One block, given back with the last request
/// that uses it.
/// </summary>
public sealed unsafe class LoraAdapter : Adapter
{
    /// <summary>Floats of the widest vector: rows are padded to whole ones, for all processors alike.</summary>
    private const int Padding = 16;

    private readonly LargePageMemory _memory;

    private LoraAdapter(LargePageMemory memory, LoraSite* sites, long size)
    {
        _memory = memory;
        Sites = sites;
        Size = size;
    }

    /// <summary>Bytes that it takes.</summary>
    public long Size { get; }

    /// <summary>One for each of the model's products.</summary>
    internal LoraSite* Sites { get; }

    /// <summary>Reads an adapter.</summary>
    /// <param name="folder">Checked against the model; the caller disposes of it.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="ModelFormatException">A file cannot be read, or there is not enough memory.</exception>
    public static LoraAdapter Load(LoraFolder folder, LoraBase model)
    {
        var sites = folder.Projections.GroupBy(projection => projection.Site).ToList();
        var floats = sites.Sum(site => ((long)site.First().InputSize * RankStride(site)) + site.Sum(part => part.Rank * (long)Padded(part.OutputSize)));
        var tables = ((long)model.SiteCount * sizeof(LoraSite)) + ((long)folder.Projections.Length * sizeof(LoraPart));
        var bytes = (floats * sizeof(float)) + tables;
        var memory = Allocate(bytes);
        try
        {
            // Floats first: their rows are aligned.
            var next = (float*)memory.Start;
            var table = (LoraSite*)(next + floats);
            var parts = (LoraPart*)(table + model.SiteCount);
            new Span<byte>(table, (int)tables).Clear();
            foreach (var site in sites)
            {
                next = Read(folder, [.. site], ref table[site.Key], parts, next);
                parts += table[site.Key].PartCount;
            }

            return new LoraAdapter(memory, table, bytes);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Free() => _memory.Dispose();

    private static LargePageMemory Allocate(long bytes)
    {
        try
        {
            return LargePageMemory.Allocate((nuint)bytes);
        }
        catch (InsufficientMemoryException exception)
        {
            throw new ModelFormatException($"the adapter takes {bytes} bytes of memory, which are not there", exception);
        }
    }

    /// <summary>Reads the parts of a site; gives back where the memory goes on.</summary>
    private static float* Read(LoraFolder folder, LoraProjection[] projections, ref LoraSite site, LoraPart* parts, float* next)
    {
        site.A = next;
        site.InputSize = projections[0].InputSize;
        site.RankStride = RankStride(projections);
        site.Parts = parts;
        new Span<float>(site.A, checked(site.InputSize * site.RankStride)).Clear();
        next += (long)site.InputSize * site.RankStride;
        var firstRank = 0;
        foreach (var projection in projections)
        {
            ref var part = ref parts[site.PartCount++];
            part.B = next;
            part.Stride = Padded(projection.OutputSize);
            part.FirstOutput = projection.FirstOutput;
            part.OutputCount = projection.OutputSize;
            part.FirstRank = firstRank;
            part.Rank = projection.Rank;
            ReadTransposed(span => folder.ReadA(projection, span), projection.Rank, projection.InputSize, site.A + firstRank, site.RankStride);
            ReadTransposed(span => folder.ReadB(projection, span), projection.OutputSize, projection.Rank, part.B, part.Stride);
            site.OutputEnd = Math.Max(site.OutputEnd, part.FirstOutput + part.OutputCount);
            next += (long)part.Rank * part.Stride;
            firstRank += Padded(part.Rank);
        }

        return next;
    }

    private delegate void Reader(Span<float> destination);

    private static void ReadTransposed(Reader read, int rows, int columns, float* destination, int stride)
    {
        var values = new float[checked(rows * columns)];
        read(values);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                destination[((long)column * stride) + row] = values[(row * columns) + column];
            }
        }
    }

    private static int RankStride(IEnumerable<LoraProjection> parts) => parts.Sum(part => Padded(part.Rank));

    private static int Padded(int count) => (count + Padding - 1) / Padding * Padding;
}
